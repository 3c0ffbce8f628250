using System.Diagnostics;
using MediatR;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Streaming.Kernel;

namespace Streaming.Web.Shared;

/// <summary>What every page does: asks contracts until the visitor leaves, and answers with the right status.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter] private HttpContext? Http { get; set; }

    [Inject] private IMediator Mediator { get; set; } = null!;

    /// <summary>Ends when the visitor has gone.</summary>
    protected CancellationToken Aborted => Http?.RequestAborted ?? CancellationToken.None;

    /// <summary>Sends a contract.</summary>
    [StackTraceHidden]
    protected Task<Result<T>> Ask<T>(IRequest<Result<T>> request) => Mediator.Send(request, Aborted);

    /// <summary>Answers with this status instead of 200; the page still renders.</summary>
    protected void Status(int code)
    {
        if (Http is not { Response: { HasStarted: false } response }) return;
        // At the last moment: the renderer leaves a page that is a 404 while it renders to whoever shows errors.
        response.OnStarting(() =>
        {
            response.StatusCode = code;
            return Task.CompletedTask;
        });
    }
}
