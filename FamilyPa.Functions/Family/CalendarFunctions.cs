using System.Text.Json.Serialization;
using FamilyPa.Core.Calendar;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

/// <summary>Calendar feeds, and their addresses for members.</summary>
public sealed class CalendarFunctions(MemberAuthentication authentication, CalendarFeeds feeds, CallerAddress callers)
{
    [Function("CalendarFeedList")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/calendar-feeds")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => Json.Answer(
            new ListAnswer([.. (await feeds.ListAsync(member, cancellation)).Select(feed => new Feed(feed.Scope, feed.CreatedAt))])));

    /// <summary>Gives the feed a new address, which only this response shows. The former address ends.</summary>
    [Function("CalendarFeedRenew")]
    public Task<IResult> Renew(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/calendar-feeds/{scope}")] HttpRequest request,
        string scope,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => CalendarFeeds.Scopes.Contains(scope)
            ? Json.Answer(new RenewAnswer(scope, (await feeds.RenewAsync(member, scope, cancellation)).AbsoluteUri), StatusCodes.Status201Created)
            : await UnknownScopeAsync(request.HttpContext, member, cancellation));

    [Function("CalendarFeedRevoke")]
    public Task<IResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/calendar-feeds/{scope}")] HttpRequest request,
        string scope,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            if (!CalendarFeeds.Scopes.Contains(scope))
                return await UnknownScopeAsync(request.HttpContext, member, cancellation);
            await feeds.RevokeAsync(member, scope, cancellation);
            return Results.NoContent();
        });

    /// <summary>The calendar at its address. All unknown addresses get the same answer.</summary>
    [Function("CalendarRead")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/calendar/{token}")] HttpRequest request,
        string token,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        try
        {
            if (await feeds.ReadAsync(token, callers.NetworksOf(http), cancellation) is not { } calendar)
                return Unknown(http);
            var tag = EntityTags.OfContent(calendar);
            http.Response.Headers.ETag = tag;
            // Programs may keep it, but ask each time.
            http.Response.Headers.CacheControl = "private, no-cache";
            return EntityTags.IsKnown(request, tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Text(calendar, "text/calendar");
        }
        catch (TooManyTriesException)
        {
            return Problem.TooMany(http, "too_many_reads", 600);
        }
    }

    /// <remarks>The database checks the session before the response says what exists.</remarks>
    private async Task<IResult> UnknownScopeAsync(HttpContext http, Identity member, CancellationToken cancellation)
    {
        await feeds.ListAsync(member, cancellation);
        return Unknown(http);
    }

    private static IResult Unknown(HttpContext http) =>
        Problem.Of(http, StatusCodes.Status404NotFound, "unknown_calendar", "There is no such calendar.");

    private sealed record ListAnswer(IReadOnlyList<Feed> Feeds);

    private sealed record Feed(string Scope, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? CreatedAt);

    private sealed record RenewAnswer(string Scope, string Url);
}
