using FamilyPa.Core.Queues;
using Npgsql;

namespace FamilyPa.Core.Jobs;

/// <summary>What a transaction found is to be done once it has committed; <c>post_commit_action</c> in the migrations, where the kinds are told.</summary>
public sealed record PostCommitAction(string Kind, string? MessageSid, Phase? Phase, int? Generation, double? DelaySeconds, string? Reason, string? Code)
{
    /// <summary>It waited behind other messages of its family, and now it is its turn.</summary>
    public bool IsTurn => Kind == "send" && Reason == "in_turn";

    /// <summary>Of a row that begins with the columns of <c>post_commit_action</c>.</summary>
    public static PostCommitAction Read(NpgsqlDataReader row) => new(
        row.GetString(0), Text(row, 1), Text(row, 2) is { } phase ? Phases.Parse(phase) : null, row.IsDBNull(3) ? null : row.GetInt32(3),
        row.IsDBNull(4) ? null : row.GetDouble(4), Text(row, 5), Text(row, 6));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
