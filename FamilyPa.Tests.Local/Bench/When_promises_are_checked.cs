using FamilyPa.Bench.Checks;
using FamilyPa.Local.App;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Bench;

/// <summary>The checker of the crash and fault runs, on a message that was done right and then tampered with.</summary>
public sealed class When_promises_are_checked(FastApp app) : AppTest<FastApp>(app)
{
    private const string Kind = "one task";

    private static readonly Billed Enough = new(1_000_000, 0, 0, 0, 0);

    [Fact]
    public async Task A_message_that_was_done_right_is_nothing_to_complain_about()
    {
        var (sid, sent) = await DoneAsync();

        Assert.Empty((await CheckAsync(sid, sent)).Problems);
    }

    [Fact]
    public async Task One_that_left_no_trace_is_lost() =>
        Assert.Contains("no event", Assert.Single((await CheckAsync("SM00000000000000000000000000000000", [])).Lost), StringComparison.Ordinal);

    [Fact]
    public async Task One_whose_task_is_missing_is_lost()
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync("delete from tasks where source_message_sid = $1", sid);

        Assert.Contains("0 of 1 tasks", Assert.Single((await CheckAsync(sid, sent)).Lost), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_given_up_is_lost_where_it_should_have_been_done()
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync("update processing_jobs set generation = generation + 1, status = 'extracting' where message_sid = $1", sid);
        await App.Database.ExecuteAsync("update processing_jobs set status = 'failed' where message_sid = $1", sid);

        Assert.Contains("failed, should be done", Assert.Single((await CheckAsync(sid, sent)).Lost), StringComparison.Ordinal);
        Assert.Empty((await CheckAsync(sid, sent, mayFail: true)).Lost);
    }

    [Fact]
    public async Task A_task_too_many_is_a_duplicate()
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync(
            "insert into tasks (family_id, title, source_message_sid, ordinal) select family_id, title, source_message_sid, 7 from tasks where source_message_sid = $1", sid);

        Assert.Single((await CheckAsync(sid, sent)).Duplicated);
    }

    [Fact]
    public async Task A_reply_said_twice_is_a_duplicate()
    {
        var (sid, sent) = await DoneAsync();

        Assert.Contains("2 replies", Assert.Single((await CheckAsync(sid, [.. sent, .. sent])).Duplicated), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status = 'sent'", false)]
    [InlineData("status = 'uncertain'", true)]
    [InlineData("status = 'sending', resent_at = now()", true)]
    public async Task One_that_should_have_failed_may_be_done_only_where_nobody_knows_of_its_reply(string reply, bool isFine)
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync($"update outbound_messages set {reply} where message_sid = $1", sid);

        Assert.Equal(isFine, (await CheckAsync(sid, sent, expected: new("failed", 1))).Lost.Count == 0);
    }

    [Fact]
    public async Task One_that_is_still_on_its_way_is_stuck()
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync("update processing_jobs set generation = generation + 1, status = 'extracting', queued_at = now() + interval '1 hour' where message_sid = $1", sid);

        Assert.Contains("still extracting", Assert.Single((await CheckAsync(sid, sent)).Stuck), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_sender_was_not_told_is_stuck()
    {
        var (sid, _) = await DoneAsync();
        await App.Database.ExecuteAsync("delete from outbound_messages where message_sid = $1", sid);

        Assert.Contains("not told", Assert.Single((await CheckAsync(sid, [])).Stuck), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_charged_twice_is_over_charged_and_so_is_a_ledger_longer_than_the_bill()
    {
        var (sid, sent) = await DoneAsync();
        await App.Database.ExecuteAsync(
            "insert into ai_usage (family_id, message_sid, attempt_id, phase, deployment) select family_id, message_sid, attempt_id, phase, deployment from ai_usage where message_sid = $1", sid);

        Assert.Single((await CheckAsync(sid, sent)).OverCharged);
        Assert.Equal(2, (await CheckAsync(sid, sent, billed: new Billed(0, 0, 0, 0, 0))).OverCharged.Count);
    }

    [Fact]
    public async Task A_recurring_task_has_one_series_with_dates()
    {
        var (sid, sent) = await DoneAsync(" every day");
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from series where source_message_sid = $1 and upcoming <> '{}'", sid), dated => dated == 1, "the dates");

        Assert.Empty((await CheckAsync(sid, sent, expected: new("done", 1, 1))).Problems);
        Assert.Single((await CheckAsync(sid, sent, expected: new("done", 1, 2))).Lost);
        Assert.Single((await CheckAsync(sid, sent)).Duplicated);
        await App.Database.ExecuteAsync("update series set upcoming = '{}', refill_on = current_date + 7 where source_message_sid = $1", sid);
        Assert.Contains("without a next date", Assert.Single((await CheckAsync(sid, sent, expected: new("done", 1, 1))).Stuck), StringComparison.Ordinal);
    }

    /// <returns>The message's sid, and what Twilio was given to send for it.</returns>
    private async Task<(string Sid, IReadOnlyList<TwilioMessage> Sent)> DoneAsync(string rhythm = "")
    {
        var thing = $"thing{Guid.NewGuid():N}";
        var sid = await App.TextAsync($"buy {thing}{rhythm}");
        await App.WaitForJobAsync(sid, "done");
        return (sid, [.. App.Twilio.Sent.Where(reply => reply.Body.Contains(thing, StringComparison.OrdinalIgnoreCase))]);
    }

    private async Task<Verdict> CheckAsync(string sid, IReadOnlyList<TwilioMessage> sent, bool mayFail = false, Billed? billed = null, Outcome? expected = null)
    {
        await using var checker = new Checker(App.Database.AdminConnectionString);
        var expectations = new Expectations(new Dictionary<string, Outcome> { [Kind] = expected ?? new("done", 1) }, mayFail);
        return await checker.CheckAsync([new SentMessage(sid, $"whatsapp:{DemoFamily.Owner.Phone}", Kind, Voices: 0)], expectations, sent, billed ?? Enough);
    }
}
