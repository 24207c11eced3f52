using NodaTime;

namespace FamilyPa.Core.Families;

/// <param name="Locale">A BCP 47 tag. Replies use its language when the sender's language is unknown.</param>
public sealed record Family(Guid Id, DateTimeZone TimeZone, string Locale, IReadOnlyList<Member> Members)
{
    /// <summary>The only member of this name or nickname; null when there is none, or more than one.</summary>
    public Member? Find(string? name) => name is not null && Named(name) is [var one] ? one : null;

    /// <summary>Those of the names that <see cref="Find"/> finds, each member once.</summary>
    public IReadOnlyList<Member> FindAll(IEnumerable<string>? names) => [.. (names ?? []).Select(Find).OfType<Member>().DistinctBy(member => member.UserId)];

    /// <summary>Whether more than one member has this name or nickname.</summary>
    public bool IsAmbiguous(string? name) => name is not null && Named(name).Count > 1;

    /// <summary>The family's date at an instant.</summary>
    public LocalDate DayOf(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(TimeZone).Date;

    private List<Member> Named(string name) => [.. Members.Where(member => member.Names.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase)).Take(2)];
}

/// <param name="OptedOut">The member sent STOP and gets no messages.</param>
public sealed record Member(Guid UserId, string Name, bool OptedOut)
{
    /// <summary>What the family calls the member besides: "Mum".</summary>
    public IReadOnlyList<string> Nicknames { get; init; } = [];

    /// <summary>The name, then the nicknames.</summary>
    public IEnumerable<string> Names => Nicknames.Prepend(Name);
}
