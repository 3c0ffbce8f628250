using System.Text.Json.Serialization;
using MediatR;
using Streaming.Kernel;

namespace Streaming.ArchitectureTests.Fixtures;

internal enum Kind
{
    Film,
    Series,
}

[JsonConverter(typeof(JsonStringEnumConverter<Written>))]
internal enum Written
{
    Yes,
    No,
}

internal sealed class Thing
{
    public string Name { get; set; } = "";
}

internal sealed record Undeclared(Guid Id) : IQuery<Guid>;

[Contract("fixtures.same", version: 1)]
internal sealed record WithoutDeadline(Guid Id) : IQuery<Guid>;

[Contract("fixtures.same", version: 2, DeadlineMs = 100, SlowMs = 10)]
internal sealed record SameName(Guid Id) : IQuery<Guid>;

[Contract("Fixtures/Bad", version: 1, DeadlineMs = 100, SlowMs = 10)]
internal sealed record BadlyNamed(Guid Id) : IQuery<Guid>;

[Contract("fixtures.slow", version: 1, DeadlineMs = 100, SlowMs = 100)]
internal sealed record SlowerThanDeadline(Guid Id) : IQuery<Guid>;

internal sealed record CarriesEnum(Kind Kind) : IQuery<Guid>;

internal sealed record CarriesText(Written Written, Guid? Id, IReadOnlyList<Nested> Items) : IQuery<Nested>;

internal sealed record Nested(IReadOnlyDictionary<string, double> Values);

internal sealed record CarriesClass(Thing Thing) : IQuery<Guid>;

internal sealed record CarriesObject(object Anything) : IModuleEvent;

internal sealed record CarriesDeep(IReadOnlyList<CarriesObject> Items) : IModuleEvent;

internal sealed record CarriesQueryable(IQueryable<int> Items) : IQuery<Guid>;

internal sealed record AnswersClass(Guid Id) : IQuery<Thing>;

internal sealed class NoRecord : IQuery<Guid>;

internal sealed class First : IRequestHandler<WithoutDeadline, Result<Guid>>
{
    public Task<Result<Guid>> Handle(WithoutDeadline request, CancellationToken cancellationToken) => Task.FromResult<Result<Guid>>(request.Id);
}

internal sealed class Second : IRequestHandler<WithoutDeadline, Result<Guid>>
{
    public Task<Result<Guid>> Handle(WithoutDeadline request, CancellationToken cancellationToken) => Task.FromResult<Result<Guid>>(request.Id);
}

internal sealed class Only : IRequestHandler<BadlyNamed, Result<Guid>>
{
    public Task<Result<Guid>> Handle(BadlyNamed request, CancellationToken cancellationToken) => Task.FromResult<Result<Guid>>(request.Id);
}
