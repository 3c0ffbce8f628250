using System.Reflection;
using MediatR;
using Microsoft.AspNetCore.Routing;
using Streaming.Kernel;
using Streaming.Platform.Modules;

namespace Streaming.Benchmarks.Contracts;

/// <summary>The least that a contract can do, so that what is measured is the way there.</summary>
[Contract("bench.echo", version: 1, DeadlineMs = 1000, SlowMs = 100)]
internal sealed record Echo(Guid Id) : IQuery<Guid>;

internal sealed class EchoHandler : IRequestHandler<Echo, Result<Guid>>
{
    public Task<Result<Guid>> Handle(Echo request, CancellationToken cancellationToken) => Task.FromResult<Result<Guid>>(request.Id);
}

internal sealed class EchoModule : IModule
{
    public string Name => "bench";

    public Assembly Contracts => typeof(Echo).Assembly;

    public void AddServices(ModuleBuilder module)
    {
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
