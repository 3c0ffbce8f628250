using MediatR;
using Streaming.Kernel;
using Streaming.Platform.Dial;
using Streaming.Users;

namespace Streaming.Web.Access;

/// <summary>Who looks at the page, asked at most once a request.</summary>
internal sealed class PageCaller(IMediator mediator, CallContext context)
{
    private IReadOnlyList<ProfileView>? _profiles;

    public Caller Caller => context.Caller;

    public bool MayPublish => Caller.MayPublish;

    public bool MayOperate => Caller.IsIn(Roles.Operator);

    public async Task<IReadOnlyList<ProfileView>> ProfilesAsync(CancellationToken ct) =>
        _profiles ??= (await mediator.Send(new GetProfiles(), ct)).TryGet(out var list, out _) ? list.Items : [];

    public async Task<ProfileView?> ProfileAsync(CancellationToken ct) =>
        Caller.ProfileId is { } id ? (await ProfilesAsync(ct)).FirstOrDefault(profile => profile.Id == id) : null;
}
