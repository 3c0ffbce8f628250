using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Streaming.Kernel;
using Streaming.Platform.Http;
using Streaming.Users.Accounts;
using Streaming.Users.Profiles;
using Streaming.Users.Sessions;

namespace Streaming.Users.Pages;

/// <summary>The plain HTML forms of the pages: they work without script, and answer with a redirect each time.</summary>
internal static class AccountForms
{
    private const string RegisterPage = "/register";
    private const string SignInPage = "/sign-in";
    private const string ProfilesPage = "/profiles";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("/account").ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(32 * 1024));
        Form(forms, "/register", RegisterPage, OnRegister).AllowAnonymous().LimitedBy("sign-in");
        Form(forms, "/sign-in", SignInPage, OnSignIn).AllowAnonymous().LimitedBy("sign-in");
        Form(forms, "/sign-out", SignInPage, OnSignOut).AllowAnonymous();
        Form(forms, "/profiles", ProfilesPage, OnCreateProfile);
        Form(forms, "/profiles/choose", ProfilesPage, OnChooseProfile);
    }

    private static RouteHandlerBuilder Form(RouteGroupBuilder forms, string path, string page, Func<Posted, Task<SeeOther>> handle) =>
        // Checked here and not by the middleware: a form that lay open overnight leads back to its page instead of to a bare 400.
        forms.MapPost(path, async (HttpContext http, IAntiforgery antiforgery, IMediator mediator, CancellationToken ct) =>
        {
            if (!http.Request.HasFormContentType) return SeeOther.Failed(page, "invalid");
            try
            {
                var fields = await http.Request.ReadFormAsync(ct);
                if (!await antiforgery.IsRequestValidAsync(http)) return SeeOther.Failed(page, "expired");
                return await handle(new Posted(http, fields, mediator, ct));
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or (IOException and not BadHttpRequestException))
            {
                return SeeOther.Failed(page, "invalid");
            }
        }).DisableAntiforgery();

    private static async Task<SeeOther> OnRegister(Posted form)
    {
        var code = form["setupCode"];
        var command = new Register.Command(form["email"] ?? "", form["password"] ?? "", string.IsNullOrWhiteSpace(code) ? null : code);
        if ((await form.Mediator.Send(command, form.Ct)).Error is { } error)
            return SeeOther.Failed(RegisterPage, Code(error), Field(error), form.ReturnUrl);
        return await OnSignIn(form);
    }

    private static async Task<SeeOther> OnSignIn(Posted form)
    {
        var signedIn = await form.Mediator.Send(new SignIn.Command(form["email"] ?? "", form["password"] ?? "") { Device = SignInDevice.Of(form.Http) }, form.Ct);
        if (!signedIn.TryGet(out var session, out var error))
            return SeeOther.Failed(SignInPage, Kind(error) ?? (error.Code == SignIn.Locked ? "locked" : "invalid"), returnUrl: form.ReturnUrl);

        await form.Http.SetCookie(session);
        if (session.Profile is not null) return new SeeOther(LocalUrl.Or(form.ReturnUrl, "/"));
        return new SeeOther(ProfilesPage + (LocalUrl.IsLocal(form.ReturnUrl) ? QueryString.Create("returnUrl", form.ReturnUrl!) : QueryString.Empty));
    }

    private static async Task<SeeOther> OnSignOut(Posted form)
    {
        await SignOut.End(form.Http, form.Mediator, form.Ct);
        return new SeeOther(LocalUrl.Or(form.ReturnUrl, SignInPage));
    }

    private static async Task<SeeOther> OnCreateProfile(Posted form)
    {
        int? limit = int.TryParse(form["maturityLimit"], NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : null;
        var created = await form.Mediator.Send(new CreateProfile.Command(Guid.CreateVersion7(), form["name"], limit), form.Ct);
        if (created.Error is { } error) return Refused(error, form);
        return new SeeOther(LocalUrl.Or(form.ReturnUrl, ProfilesPage));
    }

    private static async Task<SeeOther> OnChooseProfile(Posted form)
    {
        var id = Guid.TryParse(form["profileId"], out var given) ? given : Guid.Empty;
        var chosen = await form.Mediator.Send(new ChooseProfile.Query(id), form.Ct);
        if (!chosen.TryGet(out var session, out var error)) return Refused(error, form);
        await form.Http.SetCookie(session);
        return new SeeOther(LocalUrl.Or(form.ReturnUrl, "/"));
    }

    private static SeeOther Refused(Error error, Posted form) => error.Code == Error.SignInRequired
        ? new SeeOther(SignInPage + QueryString.Create("returnUrl", ProfilesPage))
        : SeeOther.Failed(ProfilesPage, Code(error), Field(error), form.ReturnUrl);

    /// <summary>What is no fault of whoever typed, and must not be told as a wrong password.</summary>
    private static string? Kind(Error error) => error.Kind is ErrorKind.Unavailable or ErrorKind.Deadline ? "unavailable" : null;

    private static string Code(Error error) => Kind(error) ?? error.Code[(error.Code.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static string? Field(Error error) => error.Code switch
    {
        "users:email-taken" => "email",
        "users:set-up-code-wrong" or "users:set-up-code-used" => "setupCode",
        _ => error.Fields?.Keys.First(),
    };

    private sealed record Posted(HttpContext Http, IFormCollection Fields, IMediator Mediator, CancellationToken Ct)
    {
        public string? this[string field] => Fields[field];

        public string? ReturnUrl => this["returnUrl"];
    }
}
