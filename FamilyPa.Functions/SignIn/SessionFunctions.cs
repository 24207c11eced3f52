using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.SignIn;

/// <summary>Sign-in by phone, and sign-out.</summary>
public sealed class SessionFunctions(
    LoginCodes codes, MemberSessions sessions, Tokens tokens, MemberAuthentication authentication, CallerAddress callers, IOptions<SignInSettings> settings)
{
    private const string PhoneExpected = "a phone number with its country code, for example +447700900123";

    /// <summary>Sends a code if the number belongs to a member. The response and its timing are the same if it does not.</summary>
    [Function("SessionCode")]
    public async Task<IResult> SendCode(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/session/code")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var (fields, refusal) = await JsonFields.ReadAsync(request, cancellation);
        if (fields is null)
            return refusal!;
        var phone = Phone(fields, required: true);
        if (fields.Wrong is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The phone number is invalid.", wrong);

        await codes.RequestAsync(phone!, callers.NetworksOf(http), http.TraceIdentifier, cancellation);
        return Json.Answer(new CodeAnswer((int)settings.Value.CodeLifetime.TotalSeconds), StatusCodes.Status202Accepted);
    }

    /// <summary>Says whom a sign-in link signs in, and who is signed in now. It changes nothing: link scanners run scripts.</summary>
    [Function("SessionLink")]
    public async Task<IResult> ReadLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/session/link")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var (fields, refusal) = await JsonFields.ReadAsync(request, cancellation);
        if (fields is null)
            return refusal!;
        var link = fields.Text("link", longest: 200, required: true);
        if (fields.Wrong is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "Send link.", wrong);
        try
        {
            return await sessions.ReadLinkAsync(link!, await CurrentAsync(request), callers.NetworksOf(http), cancellation) is { } linked ? Json.Answer(linked) : Refused(http);
        }
        catch (TooManyTriesException)
        {
            return TooManyTries(http);
        }
    }

    /// <summary>Opens a session for a sign-in code or a sign-in link. It ends the session whose cookie the request carries.</summary>
    [Function("SessionOpen")]
    public async Task<IResult> Open(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/session")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var (fields, refusal) = await JsonFields.ReadAsync(request, cancellation);
        if (fields is null)
            return refusal!;
        var link = fields.Text("link", longest: 200);
        var phone = Phone(fields, required: !fields.Has("link"));
        var code = fields.Text("code", longest: 20, required: !fields.Has("link"));
        if (link is not null && (fields.Has("phone") || fields.Has("code")))
            fields.Refuse("link", "not together with phone and code");
        if (fields.Wrong is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "Send phone and code, or link.", wrong);

        try
        {
            var (replaced, caller) = (await CurrentAsync(request), callers.NetworksOf(http));
            var opened = link is not null
                ? await sessions.OpenByLinkAsync(link, replaced, caller, http.TraceIdentifier, cancellation)
                : await sessions.OpenByCodeAsync(phone!, Digits(code!), replaced, caller, http.TraceIdentifier, cancellation);
            if (opened is null)
                return Refused(http);
            RequestLoggingMiddleware.Identify(http, opened.User.UserId);
            SessionCookie.Set(http.Response, opened.Token, opened.ExpiresAt);
            return Json.Answer(opened);
        }
        catch (TooManyTriesException)
        {
            return TooManyTries(http);
        }
    }

    /// <summary>Has the session show another of the member's families.</summary>
    [Function("SessionFamily")]
    public Task<IResult> ShowFamily(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/session")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var family = fields.Text("family_id", longest: 40, required: true);
            if (fields.Wrong is { } wrong)
                return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "Send family_id.", wrong);
            return Guid.TryParse(family, out var id) && await sessions.ShowFamilyAsync(member, id, cancellation)
                ? Results.NoContent()
                : Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "not_found", "You are not in that family.");
        }, cancellation);

    /// <summary>Ends the session. The browser's cookie is deleted even if the session was already invalid.</summary>
    [Function("SessionEnd")]
    public async Task<IResult> End(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/session")] HttpRequest request, CancellationToken cancellation)
    {
        var answer = await authentication.AuthenticateAsync(request, async identity =>
            await sessions.EndAsync(identity, cancellation) ? Results.NoContent() : MemberAuthentication.Unauthorized(request.HttpContext));
        if (answer is IStatusCodeHttpResult { StatusCode: StatusCodes.Status204NoContent or StatusCodes.Status401Unauthorized })
            SessionCookie.Clear(request.HttpContext.Response);
        return answer;
    }

    private async Task<Identity?> CurrentAsync(HttpRequest request) =>
        SessionCookie.Read(request) is { Length: > 0 } token ? await tokens.ReadAsync(token) : null;

    private static IResult Refused(HttpContext http) =>
        Problem.Of(http, StatusCodes.Status401Unauthorized, "sign_in_refused", "The code or link is wrong or has expired. Request a new one.");

    private static IResult TooManyTries(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "600";
        return Problem.Of(http, StatusCodes.Status429TooManyRequests, "too_many_tries", "Too many attempts. Wait ten minutes.");
    }

    private static string? Phone(JsonFields fields, bool required)
    {
        if (fields.Text("phone", longest: 40, required) is not { } text)
            return null;
        var phone = E164Phone.ToE164(text);
        if (phone is null)
            fields.Refuse("phone", PhoneExpected);
        return phone;
    }

    /// <summary>People copy codes with spaces.</summary>
    private static string Digits(string code) => code.Replace(" ", "", StringComparison.Ordinal);

    private sealed record CodeAnswer(int ExpiresInSeconds);
}
