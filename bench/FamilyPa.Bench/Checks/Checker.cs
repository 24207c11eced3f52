using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Npgsql;

namespace FamilyPa.Bench.Checks;

/// <summary>Checks the database, the messages that simulated Twilio sent and the calls that simulated Azure OpenAI billed against the promises.</summary>
/// <param name="connectionString">A login that may read every row.</param>
internal sealed class Checker(string connectionString) : IAsyncDisposable
{
    private static readonly TimeSpan ShortDelays = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource database = NpgsqlDataSource.Create(connectionString);

    /// <returns>Whether all messages reached a terminal state and all senders were notified before the deadline.</returns>
    public Task<bool> WaitUntilSettledAsync(IReadOnlyList<SentMessage> promises, TimeSpan deadline) =>
        WaitUntilAsync(promises, row => row.IsSettled, deadline);

    /// <returns>Whether all messages were done before the deadline.</returns>
    public Task<bool> WaitUntilDoneAsync(IReadOnlyList<SentMessage> promises, TimeSpan deadline) =>
        WaitUntilAsync(promises, row => row.Status == "done", deadline);

    /// <summary>The number of messages by status.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountEndsAsync(IReadOnlyList<SentMessage> promises) =>
        (await ReadAsync(promises)).CountBy(row => row.Status ?? "missing").ToDictionary();

    private async Task<bool> WaitUntilAsync(IReadOnlyList<SentMessage> promises, Func<MessageRow, bool> holds, TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline);
        while (!(await ReadAsync(promises)).All(holds))
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(ShortDelays);
        }

        return true;
    }

    /// <summary>The outcome of each kind of message.</summary>
    public async Task<IReadOnlyDictionary<string, Outcome>> ReadOutcomesAsync(IReadOnlyList<SentMessage> promises)
    {
        var rows = (await ReadAsync(promises)).ToDictionary(row => row.MessageSid);
        return promises.GroupBy(promise => promise.Kind).ToDictionary(
            kind => kind.Key,
            kind => kind.Select(promise => new Outcome(rows[promise.MessageSid].Status ?? "missing", rows[promise.MessageSid].Tasks, rows[promise.MessageSid].Series)).Distinct().Single());
    }

    /// <param name="sent">All messages that Twilio sent to these senders.</param>
    /// <param name="billed">All calls since the start, of any message.</param>
    public async Task<Verdict> CheckAsync(
        IReadOnlyList<SentMessage> promises, Expectations expectations, IReadOnlyList<TwilioMessage> sent, Billed billed)
    {
        List<string> lost = [], duplicated = [], stuck = [], overCharged = [];
        var rows = (await ReadAsync(promises)).ToDictionary(row => row.MessageSid);
        var deliveries = sent.CountBy(message => message.To).ToDictionary();
        foreach (var promise in promises)
        {
            var row = rows[promise.MessageSid];
            var said = deliveries.GetValueOrDefault(promise.Address);
            var expected = expectations.Kinds.GetValueOrDefault(promise.Kind);
            Judge(lost, promise, WhyLost(row, expected, expectations.MayFail));
            Judge(duplicated, promise, WhyDuplicated(row, expected, said));
            Judge(stuck, promise, WhyStuck(row));
            Judge(overCharged, promise, WhyOverCharged(promise, row));
        }

        var ledger = await CountLedgerAsync();
        var calls = billed.ChatCalls + billed.TranscriptionCalls;
        if (ledger > calls)
            overCharged.Add($"the ledger has {ledger} calls, of which Azure OpenAI billed {calls}");
        return new Verdict(lost, duplicated, stuck, overCharged, Math.Max(0, calls - ledger));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static string? WhyLost(MessageRow row, Outcome? expected, bool mayFail) => row switch
    {
        { HasEvent: false } => "no event",
        { Status: null } => "no job",
        { Status: "failed" } when mayFail => null,
        // With an uncertain reply the job is done, because the app could not see that Twilio rejected the reply.
        { Status: "done", IsUncertain: true } when expected?.Status == "failed" => null,
        { IsTerminal: true } when expected is not null && row.Status != expected.Status => $"{row.Status}, should be {expected.Status}",
        { IsTerminal: true } when row.Tasks < expected?.Tasks => $"{row.Tasks} of {expected.Tasks} tasks",
        { IsTerminal: true } when row.Series < expected?.Series => $"{row.Series} of {expected.Series} series",
        _ => null,
    };

    private static string? WhyDuplicated(MessageRow row, Outcome? expected, int said) => row switch
    {
        _ when row.Titles < row.Tasks => $"{row.Tasks} tasks, {row.Titles} of them different",
        _ when row.Tasks > expected?.Tasks => $"{row.Tasks} tasks instead of {expected.Tasks}",
        _ when row.Series > expected?.Series => $"{row.Series} series instead of {expected.Series}",
        _ when said > row.Replies => $"Twilio sent {said} replies, {row.Replies} were intended",
        _ => null,
    };

    private static string? WhyStuck(MessageRow row) => row switch
    {
        { Status: null } => null,
        { IsTerminal: false } => $"still {row.Status}",
        { IsHeld: true } => $"{row.Status}, but still leased",
        { IsTold: false } => $"{row.Status}, and its sender was not told",
        { Undated: > 0 } => $"{row.Undated} series without a next date",
        _ => null,
    };

    private static string? WhyOverCharged(SentMessage promise, MessageRow row) => row switch
    {
        { Extractions: > 1 } => $"extracted once, charged {row.Extractions} times",
        { Translations: > 1 } => $"translated once, charged {row.Translations} times",
        _ when row.Transcriptions > promise.Voices => $"{promise.Voices} voice notes, charged {row.Transcriptions} times",
        _ => null,
    };

    private static void Judge(List<string> list, SentMessage promise, string? why)
    {
        if (why is not null)
            list.Add($"{promise.MessageSid} ({promise.Kind}): {why}");
    }

    private Task<List<MessageRow>> ReadAsync(IEnumerable<SentMessage> promises) =>
        MessageRow.ReadAsync(database, [.. promises.Select(promise => promise.MessageSid)]);

    private async Task<long> CountLedgerAsync()
    {
        await using var command = database.CreateCommand("select count(*) from ai_usage");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
