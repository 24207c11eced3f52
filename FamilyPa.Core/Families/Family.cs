using NodaTime;

namespace FamilyPa.Core.Families;

/// <param name="Locale">A BCP 47 tag; decides the language of replies when the sender's is not known better.</param>
public sealed record Family(Guid Id, DateTimeZone TimeZone, string Locale, IReadOnlyList<Member> Members);

/// <param name="OptedOut">Sent STOP: gets no messages from us.</param>
public sealed record Member(Guid UserId, string Name, bool OptedOut);
