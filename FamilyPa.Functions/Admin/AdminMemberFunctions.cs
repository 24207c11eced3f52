using FamilyPa.Core.Families;
using FamilyPa.Core.Membership;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

/// <summary>Members of a family and their sessions, for operators.</summary>
public sealed class AdminMemberFunctions(AdminMembers members, MemberSessions sessions)
{
    [Function("AdminAddMember")]
    public async Task<IResult> Add(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/families/{familyId}/members")] HttpRequest request,
        string familyId,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<NewMember>(request, cancellation) is not { } member)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        member = member with { Phone = member.Phone is { } phone ? E164Phone.ToE164(phone) ?? phone : null };
        if (AdminFamilies.Validate(member) is { Count: > 0 } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The member is invalid.", wrong);
        try
        {
            return Guid.TryParse(familyId, out var id) && await members.AddAsync(id, member, http.Actor(), cancellation) is { } added
                ? Json.Answer(added, StatusCodes.Status201Created)
                : Problem.Of(http, StatusCodes.Status404NotFound, "unknown_family", "There is no such family.");
        }
        catch (PhoneTakenException)
        {
            return Problem.Of(http, StatusCodes.Status409Conflict, "phone_taken", "This phone number or id already belongs to a member.");
        }
        catch (FamilyFullException)
        {
            return Problem.Of(http, StatusCodes.Status409Conflict, "family_full", "The family has the maximum number of members.");
        }
    }

    /// <summary>Sets a member's nicknames, time zone (empty for the family's), or the business-scoped id; an empty one removes it.</summary>
    [Function("AdminChangeMember")]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Function, "patch", Route = "api/admin/families/{familyId}/members/{userId}")] HttpRequest request,
        string familyId,
        string userId,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<MemberChange>(request, cancellation) is not { } change)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        var wrong = AdminFamilies.Validate(new NewMember("any", "member", null, change.ExternalUserId is "" ? null : change.ExternalUserId, change.Nicknames));
        if (change.Timezone is { Length: > 0 } timezone && !TimeZones.IsKnown(timezone))
            wrong["timezone"] = ["an IANA time zone, for example Europe/London"];
        if (wrong.Count > 0)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The member is invalid.", wrong);
        try
        {
            return await members.ChangeAsync(RouteId.Of(familyId), RouteId.Of(userId), change.ExternalUserId, change.Nicknames, change.Timezone, http.Actor(), cancellation)
                ? Results.NoContent()
                : Unknown(http);
        }
        catch (PhoneTakenException)
        {
            return Problem.Of(http, StatusCodes.Status409Conflict, "id_taken", "This id already belongs to a member.");
        }
    }

    [Function("AdminRemoveMember")]
    public async Task<IResult> Remove(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/admin/families/{familyId}/members/{userId}")] HttpRequest request,
        string familyId,
        string userId,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var (family, user) = (RouteId.Of(familyId), RouteId.Of(userId));
        return await members.RemoveAsync(family, user, http.Actor(), cancellation) switch
        {
            Removal.Removed => Results.NoContent(),
            Removal.LastOwner => Problem.Of(http, StatusCodes.Status409Conflict, "last_owner", "A family must keep at least one owner."),
            _ => Unknown(http),
        };
    }

    /// <summary>Signs a member out everywhere.</summary>
    [Function("AdminRevokeSessions")]
    public async Task<IResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/admin/families/{familyId}/members/{userId}/sessions")] HttpRequest request,
        string familyId,
        string userId,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        return await sessions.RevokeAllAsync(RouteId.Of(familyId), RouteId.Of(userId), http.Actor(), cancellation) is { } ended
            ? Json.Answer(new RevokeAnswer(ended))
            : Unknown(http);
    }

    private static IResult Unknown(HttpContext http) =>
        Problem.Of(http, StatusCodes.Status404NotFound, "unknown_member", "There is no such member.");

    private sealed record MemberChange(string? ExternalUserId, IReadOnlyList<string>? Nicknames, string? Timezone);

    private sealed record RevokeAnswer(long Ended);
}
