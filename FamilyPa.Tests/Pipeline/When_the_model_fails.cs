using System.Globalization;
using System.Net.Http.Json;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_the_model_fails(FastApp app) : AppTest<FastApp>(app)
{
    public static TheoryData<string, Fault> Faults => new()
    {
        { "ai_http_500", Fault.Status("chat", 500) },
        { "ai_http_429", Fault.Status("chat", 429, TimeSpan.FromSeconds(1)) },
        { "ai_response_unreadable", Fault.Rubbish("chat", RubbishKind.Html) },
        { "", Fault.Cut("chat", CutPoint.HalfBody) },
        { "timeout", Fault.Stall("chat", TimeSpan.FromMinutes(1)) },
    };

    public static TheoryData<string, Fault> FinalFaults => new()
    {
        { "ai_http_400", Fault.Status("chat", 400) },
        { "ai_reasoning_exhausted", Fault.Reasoning() },
        { "ai_no_choice", Fault.EmptyChoices() },
    };

    [Theory]
    [MemberData(nameof(FinalFaults))]
    public async Task What_fails_in_the_same_way_each_time_is_tried_once_and_then_is_poison(string code, Fault fault)
    {
        var words = $"buy milk {Guid.NewGuid():N}";
        var before = App.OpenAI.Billed;
        var broken = App.OpenAI.Faults.Add(fault.OnlyFor(words));
        var sid = await App.TextAsync(words);

        var job = await App.WaitForJobAsync(sid, "failed");
        await ReplyAsync(sid, "failure");

        Assert.Equal(("not_retryable", 1), (job.Reason, job.RetryCount));
        Assert.Equal([$"extract failed {code}"], await App.AttemptsAsync(sid));
        Assert.Equal(code, await App.Database.ScalarAsync<string>("select cause from poison_messages where message_sid = $1", sid));
        Assert.Equal(
            App.OpenAI.Billed.CompletionTokens - before.CompletionTokens,
            Convert.ToInt64(await App.Database.ScalarAsync<object>("select coalesce(sum(output_tokens), 0) from ai_usage where message_sid = $1", sid), CultureInfo.InvariantCulture));

        broken.Dispose();
        using var answer = await App.Operator.PostAsJsonAsync("/api/admin/replay-webhook", new { message_sid = sid }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Five_tries_end_in_poison_with_the_cause_and_one_word_to_the_sender_and_a_replay_completes_it(string code, Fault fault)
    {
        var words = $"buy milk {Guid.NewGuid():N}";
        var broken = App.OpenAI.Faults.Add(fault.OnlyFor(words));
        var sid = await App.TextAsync(words);

        var job = await App.WaitForJobAsync(sid, "failed");
        await ReplyAsync(sid, "failure");

        Assert.Equal("retries_exhausted", job.Reason);
        Assert.Equal(5, job.RetryCount);
        var attempts = await App.AttemptsAsync(sid);
        Assert.Equal(5, attempts.Count);
        Assert.All(attempts, attempt => Assert.StartsWith($"extract failed {code}", attempt, StringComparison.Ordinal));
        Assert.Equal(job.ErrorCode, await App.Database.ScalarAsync<string>("select cause from poison_messages where message_sid = $1", sid));
        Assert.Equal(0, await App.CountAsync("tasks", sid));

        broken.Dispose();
        using var answer = await App.Operator.PostAsJsonAsync("/api/admin/replay-webhook", new { message_sid = sid }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(2, await App.CountAsync("outbound_messages", sid));
    }

    [Fact]
    public async Task Where_there_is_no_room_for_a_longer_answer_the_first_call_is_paid_and_no_other_follows()
    {
        var words = $"buy milk {Guid.NewGuid():N}";
        var before = App.OpenAI.Billed;
        using var cutOff = App.OpenAI.Faults.Add(Fault.Reasoning().OnlyFor(words).Once());
        using var tooLong = App.OpenAI.Faults.Add(Fault.TooLong().OnlyFor(words));
        var sid = await App.TextAsync(words);

        Assert.Equal("not_retryable", (await App.WaitForJobAsync(sid, "failed")).Reason);

        Assert.Equal(["extract failed ai_reasoning_exhausted"], await App.AttemptsAsync(sid));
        Assert.Equal(
            App.OpenAI.Billed.CompletionTokens - before.CompletionTokens,
            Convert.ToInt64(await App.Database.ScalarAsync<object>("select sum(output_tokens) from ai_usage where message_sid = $1", sid), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_failure_that_passes_costs_a_try_and_nothing_else()
    {
        using var once = App.OpenAI.Faults.Add(Fault.Status("chat", 503).OnlyFor("bread").Once());

        var sid = await App.TextAsync("buy bread");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract failed ai_http_503", "extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
    }

    [Fact]
    public async Task An_answer_without_a_choice_is_asked_for_once_more()
    {
        using var once = App.OpenAI.Faults.Add(Fault.EmptyChoices().OnlyFor("medlars").Once());

        var sid = await App.TextAsync("buy medlars");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
    }

    [Fact]
    public async Task Reasoning_that_uses_up_the_tokens_gets_more_of_them_once_and_both_calls_are_charged()
    {
        var before = App.OpenAI.Billed;
        using var once = App.OpenAI.Faults.Add(Fault.Reasoning().OnlyFor("marmalade").Once());

        var sid = await App.TextAsync("buy marmalade");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        var used = Assert.Single(await App.Database.RowsAsync("select input_tokens, output_tokens from ai_usage where message_sid = $1", sid));
        Assert.Equal(
            (App.OpenAI.Billed.PromptTokens - before.PromptTokens, App.OpenAI.Billed.CompletionTokens - before.CompletionTokens),
            (Convert.ToInt64(used["input_tokens"], CultureInfo.InvariantCulture), Convert.ToInt64(used["output_tokens"], CultureInfo.InvariantCulture)));
        Assert.Equal(
            ["released", "settled"],
            (await App.Database.RowsAsync("select status from ai_reservations where message_sid = $1 order by status", sid)).Select(row => row["status"]));
        Assert.Equal(0m, await App.Database.ScalarAsync<decimal>("select sum(reserved_usd) from budget_days"));
    }

    private Task<long> ReplyAsync(string sid, string kind) => App.WaitForAsync(
        () => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where message_sid = $1 and kind = $2 and status = 'sent'", sid, kind),
        count => count == 1,
        $"the {kind} reply to {sid}");
}
