using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Platform.Modules;

namespace Streaming.ModuleTests.Platform;

internal sealed class CompositionTests
{
    [Test]
    public void A_contract_without_a_handler_refuses_to_start_and_is_named() => Assert.That(
        () => Compose(new Sample(false, typeof(Question))),
        Throws.InvalidOperationException.With.Message.Contains($"{typeof(Question).FullName} has no handler in module sample"));

    [Test]
    public void A_request_with_two_handlers_refuses_to_start_and_all_three_are_named() => Assert.That(
        () => Compose(new Sample(false, typeof(Question), typeof(OneHandler), typeof(OtherHandler))),
        Throws.InvalidOperationException.With.Message.Contains($"{typeof(Question).FullName} has 2 handlers")
            .And.Message.Contains(typeof(OneHandler).FullName!).And.Message.Contains(typeof(OtherHandler).FullName!));

    [Test]
    public void An_order_in_a_module_without_data_refuses_to_start() => Assert.That(
        () => Compose(new Sample(false, typeof(Order), typeof(OrderHandler))),
        Throws.InvalidOperationException.With.Message.Contains($"{typeof(Order).FullName} is an order, but module sample has no data"));

    [Test]
    public void All_faults_are_told_at_once() => Assert.That(
        () => Compose(new Sample(false, typeof(Question), typeof(Order), typeof(OrderHandler))),
        Throws.InvalidOperationException.With.Message.Contains(nameof(Question)).And.Message.Contains(nameof(Order)));

    [Test]
    public void What_fits_together_starts()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Compose(new Sample(false, typeof(Question), typeof(OneHandler))), Throws.Nothing);
            Assert.That(() => Compose(new Sample(true, typeof(Order), typeof(OrderHandler))), Throws.Nothing);
        });
    }

    [Test]
    public void A_wrong_mode_of_the_dial_is_named() => Assert.That(
        () => new DialBoard(Settings(("dial:sample", "sideways"))),
        Throws.InvalidOperationException.With.Message.Contains("dial:sample").And.Message.Contains("sideways"));

    [Test]
    public void Each_module_has_its_own_dial()
    {
        var dial = new DialBoard(Settings(("dial:default", "round-trip"), ("dial:sample", "in-process")));
        Assert.Multiple(() =>
        {
            Assert.That(dial.Of("sample").Mode, Is.EqualTo(DialMode.InProcess));
            Assert.That(dial.Of("other").Mode, Is.EqualTo(DialMode.RoundTrip));
            Assert.That(new DialBoard(Settings()).Of("other").Mode, Is.EqualTo(DialMode.InProcess));
        });
    }

    private static void Compose(IModule module) => new ServiceCollection().AddModules(Settings(), [module]);

    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();

    [Contract("sample.question", version: 1)]
    internal sealed record Question : IQuery<Done>;

    internal sealed record Order(Guid CommandId) : ICommand<Done>;

    internal sealed class OneHandler : IRequestHandler<Question, Result<Done>>
    {
        public Task<Result<Done>> Handle(Question request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Instance);
    }

    internal sealed class OtherHandler : IRequestHandler<Question, Result<Done>>
    {
        public Task<Result<Done>> Handle(Question request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Instance);
    }

    internal sealed class OrderHandler : IRequestHandler<Order, Result<Done>>
    {
        public Task<Result<Done>> Handle(Order request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Instance);
    }
}
