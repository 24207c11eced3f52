using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.SignIn;

public sealed record SessionUser(Guid UserId, string Name, string Role);

public sealed record SessionFamily(Guid Id, string Name);

/// <summary>Whom a link signs in.</summary>
/// <param name="CurrentName">The member who is signed in now, and the family; null without a session.</param>
public sealed record LinkedMember(string Name, string FamilyName, string? CurrentName, string? CurrentFamilyName);

public sealed record OpenedSession(string Token, DateTimeOffset ExpiresAt, SessionUser User, SessionFamily Family);

/// <summary>Opens sessions for who proves to hold a member's phone, and ends them.</summary>
public sealed class MemberSessions(Database database, SessionKeys keys, SessionTokens tokens, CallerLimits limits, IOptions<SignInSettings> settings, ILogger<MemberSessions> log)
{
    private const string Columns = "select s.user_id, s.name, s.role, s.family_id, s.family_name, s.expires_at from";

    /// <param name="phone">In E.164.</param>
    /// <param name="replaced">The session of the same browser, which ends; null for none.</param>
    /// <returns>Null when that is not the code, or not any more, or there never was one: which of them is not told.</returns>
    /// <exception cref="TooManyTriesException"/>
    public Task<OpenedSession?> OpenByCodeAsync(
        string phone, string code, Identity? replaced, IReadOnlyList<CallerNetwork> caller, string requestId, CancellationToken cancellation) => OpenAsync(
        "code", replaced, caller, requestId,
        (batch, id) => batch.Add(
            $"{Columns} use_code($2, $3, $4) c, open_session($1, c.family_id, c.user_id, $5) s",
            id, keys.OfPhone(phone), keys.OfCode(phone, code), settings.Value.TriesPerCode, settings.Value.SessionLifetime),
        cancellation);

    /// <returns>As above.</returns>
    /// <exception cref="TooManyTriesException"/>
    public async Task<OpenedSession?> OpenByLinkAsync(
        string link, Identity? replaced, IReadOnlyList<CallerNetwork> caller, string requestId, CancellationToken cancellation) =>
        LoginLinks.HashOf(link) is { } hash
            ? await OpenAsync(
                "link", replaced, caller, requestId,
                (batch, id) => batch.Add(
                    $"""
                    with used as (
                      update login_links set used_at = now() where token_hash = $2 and used_at is null and expires_at > now() returning family_id, user_id)
                    {Columns} used u, open_session($1, u.family_id, u.user_id, $3) s
                    """,
                    id, hash, settings.Value.SessionLifetime),
                cancellation)
            : null;

    /// <summary>Reads whom a link signs in, and spends nothing.</summary>
    /// <param name="current">The session of the browser that asks.</param>
    /// <returns>Null when the link is worth nothing.</returns>
    /// <exception cref="TooManyTriesException"/>
    public async Task<LinkedMember?> ReadLinkAsync(string link, Identity? current, IReadOnlyList<CallerNetwork> caller, CancellationToken cancellation)
    {
        if (LoginLinks.HashOf(link) is not { } hash)
            return null;
        return await limits.RunAsync(
            database, "tries_of_address", caller, TimeSpan.FromMinutes(10), settings.Value.TriesPerAddress,
            batch => batch.Add(
                """
                select m.display_name, f.name, c.display_name, cf.name
                from login_links l join family_members m on m.family_id = l.family_id and m.user_id = l.user_id join families f on f.id = l.family_id
                left join sessions s on s.id = $2::uuid and s.revoked_at is null and s.expires_at > now()
                left join family_members c on c.family_id = s.family_id and c.user_id = s.user_id left join families cf on cf.id = s.family_id
                where l.token_hash = $1 and l.used_at is null and l.expires_at > now()
                """,
                hash, current?.SessionId),
            batch => batch.SingleAsync(
                row => new LinkedMember(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)),
                cancellation));
    }

    /// <summary>Has the session show another of the member's families.</summary>
    /// <returns>Whether it is one of theirs.</returns>
    public async Task<bool> ShowFamilyAsync(Identity identity, Guid familyId, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(identity).Add("select show_family($1)", familyId);
        return await batch.SingleAsync(row => row.GetBoolean(0), cancellation);
    }

    /// <summary>Signs out: the session's tokens are worth nothing any more.</summary>
    /// <returns>Whether there was a session.</returns>
    /// <exception cref="Npgsql.PostgresException">FP003: an outside issuer's token without a session.</exception>
    public async Task<bool> EndAsync(Identity identity, CancellationToken cancellation)
    {
        if (identity.Outside is not null)
        {
            // Stores the session, in case the token was never used before.
            await using var seen = database.AsMember(identity);
            await seen.ExecuteAsync(cancellation);
        }

        await using var batch = database.AsService().Add(
            "update sessions set revoked_at = now() where id = $1 and user_id = $2 and revoked_at is null and expires_at > now()", identity.SessionId, identity.UserId);
        return await batch.ExecuteAsync(cancellation) > 0;
    }

    /// <summary>
    /// Signs a member out everywhere, also of their other families, on an operator's behalf. Links and codes on their way are worth nothing either, and neither are
    /// an outside issuer's tokens that were issued before, and the member's calendar addresses.
    /// </summary>
    /// <returns>How many sessions ended; null when there is no such member.</returns>
    public async Task<long?> RevokeAllAsync(Guid familyId, Guid userId, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add(
                """
                with member as (
                  update family_members set signed_out_at = now()
                  where user_id = $2 and exists (select from family_members where family_id = $1 and user_id = $2) returning family_id, user_id),
                ended as (
                  update sessions s set revoked_at = now() from member m
                  where s.user_id = m.user_id and s.revoked_at is null and s.expires_at > now() returning 1),
                links as (
                  update login_links l set used_at = now() from member m where l.user_id = m.user_id and l.used_at is null),
                codes as (
                  update login_codes c set used_at = now() from member m where c.user_id = m.user_id and c.used_at is null),
                feeds as (
                  delete from calendar_feeds c using member m where c.user_id = m.user_id),
                audit as (
                  insert into audit_log (actor, action, family_id, details, request_id)
                  select $3, 'revoke_sessions', m.family_id, jsonb_build_object('user_id', m.user_id), $4 from member m where m.family_id = $1)
                select (select count(*) from ended) from member where family_id = $1
                """,
                familyId, userId, actor.Name, actor.RequestId);
        return await batch.SingleAsync(row => (long?)row.GetInt64(0), cancellation);
    }

    private async Task<OpenedSession?> OpenAsync(
        string by, Identity? replaced, IReadOnlyList<CallerNetwork> caller, string requestId, Action<DatabaseBatch, Guid> open, CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        try
        {
            var opened = await limits.RunAsync(
                database, "tries_of_address", caller, TimeSpan.FromMinutes(10), settings.Value.TriesPerAddress,
                batch =>
                {
                    open(batch, id);
                    return replaced is not { SessionId: { } former } ? batch : batch.Add(
                        "update sessions set revoked_at = now() where id = $1 and user_id = $2 and revoked_at is null and exists (select from sessions n where n.id = $3)",
                        former, replaced.UserId, id);
                },
                batch => batch.SingleAsync(
                    row => (User: new SessionUser(row.GetGuid(0), row.GetString(1), row.GetString(2)), Family: new SessionFamily(row.GetGuid(3), row.GetString(4)),
                        ExpiresAt: row.GetFieldValue<DateTimeOffset>(5)),
                    cancellation));
            log.SignInAttempted(requestId, by, opened.User is null ? "refused" : "opened", opened.User?.UserId, opened.Family?.Id);
            return opened.User is null
                ? null
                : new OpenedSession(tokens.Create(opened.User.UserId, id, opened.ExpiresAt), opened.ExpiresAt, opened.User, opened.Family!);
        }
        catch (TooManyTriesException e) when (!e.IsKnown)
        {
            log.SignInAttempted(requestId, by, "limited", null, null);
            throw;
        }
    }
}
