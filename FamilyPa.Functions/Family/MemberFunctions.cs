using FamilyPa.Core.Families;
using FamilyPa.Core.Membership;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

/// <summary>The members of the requesting member's family. The database checks permissions.</summary>
public sealed class MemberFunctions(MemberAuthentication authentication, MemberManagement members, MemberFamily family, InvitationCountries countries)
{
    private const int LongestName = 100;

    private static readonly string[] Roles = ["owner", "admin", "member"];

    [Function("MemberList")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/members")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => Json.Answer(new ListAnswer(await members.ListAsync(member, cancellation))));

    /// <summary>Adds a member, who becomes one by accepting, and queues the invitation. A member without a phone, such as a child, is one at once. Repeating the request with the same <c>Idempotency-Key</c> adds no second member.</summary>
    [Function("MemberAdd")]
    public Task<IResult> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/members")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var http = request.HttpContext;
            var name = fields.Text("name", LongestName, required: true);
            var role = fields.Choice("role", Roles) ?? "member";
            // Only a phone or the board lets a member manage others.
            if (!fields.Has("phone") && role != "member")
                fields.Refuse("phone", "missing: owners and admins need one");
            var phone = await PhoneAsync(fields, member, cancellation);
            var wrong = fields.Wrong ?? new Dictionary<string, string[]>();
            var key = IdempotencyKeys.Of(request, fields, wrong);
            if (wrong.Count > 0)
                return Wrong(http, wrong);
            try
            {
                var added = await members.AddAsync(member, name!, role, phone, key, cancellation);
                http.Response.Headers.Location = $"/api/members/{added.Member.UserId}";
                http.Response.Headers.ETag = EntityTags.OfVersion(added.Member.Version);
                return Json.Answer(
                    new AddAnswer(
                        added.Member.UserId, added.Member.Name, added.Member.Role, added.Member.PhoneMasked, added.Member.You, added.Member.Version,
                        added.Member.Status, added.Invited),
                    StatusCodes.Status201Created);
            }
            catch (PhoneTakenException)
            {
                return Problem.Of(http, StatusCodes.Status409Conflict, "phone_taken", "This phone number is a member of your family, or is invited.");
            }
            catch (FamilyFullException)
            {
                return Problem.Of(http, StatusCodes.Status409Conflict, "family_full", "The family has the maximum number of members.");
            }
            catch (TooManyAdditionsException)
            {
                http.Response.Headers.RetryAfter = "3600";
                return Problem.Of(http, StatusCodes.Status429TooManyRequests, "too_many_additions", "Your family has added too many members today. Try again tomorrow.");
            }
        }, cancellation);

    /// <summary>Changes the given fields. With <c>If-Match</c> only if the version still matches.</summary>
    [Function("MemberChange")]
    public Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/members/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var name = fields.Text("name", LongestName);
            var role = fields.Choice("role", Roles);
            var nicknames = fields.Texts("nicknames", most: 10, longest: 50);
            var notified = fields.Flag("notified", "true or false");
            var timezone = Clearable(fields, "timezone");
            if (timezone is { Length: > 0 } && !TimeZones.IsKnown(timezone))
                fields.Refuse("timezone", "an IANA time zone, for example Europe/London, or null for the family's");
            var digestAt = Clearable(fields, "digest_at");
            if (digestAt is { Length: > 0 } && !TimeOnly.TryParseExact(digestAt, "HH:mm", out _))
                fields.Refuse("digest_at", "a time of day, for example 07:00, or null for no digest");
            if (fields.Wrong is { } wrong)
                return Wrong(request.HttpContext, wrong);
            var changed = await members.ChangeAsync(member, RouteId.Of(userId), EntityTags.Expected(request), new MemberChange(name, role, nicknames, notified, timezone, digestAt), cancellation);
            request.HttpContext.Response.Headers.ETag = EntityTags.OfVersion(changed.Version);
            return Json.Answer(changed);
        }, cancellation);

    /// <summary>Removes a member. Members may remove themselves.</summary>
    [Function("MemberRemove")]
    public Task<IResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/members/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            await members.RemoveAsync(member, RouteId.Of(userId), cancellation);
            return Results.NoContent();
        });

    /// <summary>A number without a country code belongs to the family's country. The locale is read only for such numbers.</summary>
    private async Task<string?> PhoneAsync(JsonFields fields, Identity member, CancellationToken cancellation)
    {
        if (fields.Text("phone", longest: 40) is not { } text)
            return null;
        var phone = E164Phone.ToE164(text) ?? E164Phone.ToE164(text, (await family.PlaceAsync(member, cancellation)).Locale);
        if (phone is null)
            fields.Refuse("phone", "a phone number, for example +447700900123");
        else if (!countries.Allow(phone))
            fields.Refuse("phone", $"a phone number of one of these countries: {countries}");
        return phone;
    }

    /// <summary>Empty for null; null when the field is absent.</summary>
    private static string? Clearable(JsonFields fields, string name) => fields.Text(name, longest: 100, nullable: true) ?? (fields.Has(name) ? "" : null);

    private static IResult Wrong(HttpContext http, IDictionary<string, string[]> wrong) =>
        Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The member is invalid.", wrong);

    private sealed record ListAnswer(IReadOnlyList<MemberView> Members);

    private sealed record AddAnswer(Guid UserId, string Name, string Role, string? PhoneMasked, bool You, int Version, string Status, bool Invited);
}
