namespace FamilyPa.Bench.Checks;

/// <summary>An acknowledged message (2xx), which the app must process.</summary>
/// <param name="Address">The sender, who sent no other message.</param>
/// <param name="Kind">The key of its expected outcome.</param>
/// <param name="Voices">The number of its voice notes. Each is charged once.</param>
internal sealed record SentMessage(string MessageSid, string Address, string Kind, int Voices);

/// <summary>The result of a message: its job's final status and the number of its tasks.</summary>
internal sealed record Outcome(string Status, long Tasks, long Series = 0);

/// <summary>The expected outcome of each kind of message.</summary>
/// <param name="Kinds">Outcomes observed without faults. Other kinds may have any outcome.</param>
/// <param name="MayFail">With so many faults that five attempts may not suffice, a failed job whose sender was notified is correct too.</param>
internal sealed record Expectations(IReadOnlyDictionary<string, Outcome> Kinds, bool MayFail);
