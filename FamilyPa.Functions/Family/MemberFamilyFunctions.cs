using FamilyPa.Core.Families;
using FamilyPa.Core.Membership;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

public sealed class MemberFamilyFunctions(MemberAuthentication authentication, MemberFamily family)
{
    [Function("FamilyRead")]
    public Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/family")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => Answer(request.HttpContext, await family.ReadAsync(member, cancellation)));

    /// <summary>Changes the given fields. With <c>If-Match</c> only if the version still matches.</summary>
    [Function("FamilyChange")]
    public Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/family")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var change = new FamilyChange(fields.Text("name", longest: 200), fields.Text("timezone", longest: 100), fields.Text("locale", longest: 35));
            if (change.Timezone is { } zone && !TimeZones.IsKnown(zone))
                fields.Refuse("timezone", "an IANA time zone, for example Europe/London");
            if (change.Locale is { } locale && !AdminFamilies.IsLocale(locale))
                fields.Refuse("locale", "a language tag, for example en-GB");
            if (fields.Wrong is { } wrong)
                return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "The family is invalid.", wrong);
            return Answer(request.HttpContext, await family.ChangeAsync(member, EntityTags.Expected(request), change, cancellation));
        }, cancellation);

    private static IResult Answer(HttpContext http, FamilyView family)
    {
        http.Response.Headers.ETag = EntityTags.OfVersion(family.Version);
        return Json.Answer(family);
    }
}
