using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Jobs;

/// <summary>An action to perform after a transaction commits: <c>post_commit_action</c> in the migrations, which lists the kinds.</summary>
public sealed record PostCommitAction(string Kind, string? MessageSid, Phase? Phase, int? Generation, double? DelaySeconds, string? Reason, string? Code)
{
    /// <summary>The job was deferred behind an earlier message of its family, and may run now.</summary>
    public bool IsResumedInOrder => Kind == "send" && Reason == "waits_for_earlier";

    public static PostCommitAction Read(NpgsqlDataReader row) => new(
        row.Get<string>("kind"), row.Get<string?>("message_sid"), row.Get<string?>("phase") is { } phase ? Phases.Parse(phase) : null,
        row.Get<int?>("generation"), row.Get<double?>("delay_seconds"), row.Get<string?>("reason"), row.Get<string?>("code"));
}
