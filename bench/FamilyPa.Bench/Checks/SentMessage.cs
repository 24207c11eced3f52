namespace FamilyPa.Bench.Checks;

/// <summary>A message that was answered with 2xx, so something must have become of it.</summary>
/// <param name="Address">Its sender's, who sent nothing else.</param>
/// <param name="Kind">As its outcome is looked up.</param>
/// <param name="Voices">How many voice notes it had: each is paid for once.</param>
internal sealed record SentMessage(string MessageSid, string Address, string Kind, int Voices);

/// <summary>What a message becomes: the end of its job and how many tasks.</summary>
internal sealed record Outcome(string Status, long Tasks);

/// <summary>What each kind of message has to become.</summary>
/// <param name="Kinds">As they were seen to end when nothing was broken. A kind that is not listed may end anyhow.</param>
/// <param name="MayFail">Where so much is broken that five tries may not do: then to fail, and to tell the sender, is an honest end too.</param>
internal sealed record Expectations(IReadOnlyDictionary<string, Outcome> Kinds, bool MayFail);
