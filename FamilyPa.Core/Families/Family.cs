using NodaTime;

namespace FamilyPa.Core.Families;

/// <param name="Locale">A BCP 47 tag. Replies use its language when the sender's language is unknown.</param>
public sealed record Family(Guid Id, DateTimeZone TimeZone, string Locale, IReadOnlyList<Member> Members);

/// <param name="OptedOut">The member sent STOP and gets no messages.</param>
public sealed record Member(Guid UserId, string Name, bool OptedOut);
