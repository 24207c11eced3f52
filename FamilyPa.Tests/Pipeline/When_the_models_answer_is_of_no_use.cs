using System.Globalization;
using System.Text.Json;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_the_models_answer_is_of_no_use(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData(FaultKind.Refusal, "model_refused", 1, "Please put it in other words.")]
    [InlineData(FaultKind.ContentFilter, "model_refused", 0, "Please put it in other words.")]
    [InlineData(FaultKind.TooLong, "not_understood", 0, "or in smaller parts.")]
    [InlineData(FaultKind.BadPicture, "unsupported_image", 0, "or write it.")]
    [InlineData(FaultKind.LengthStop, "not_understood", 2, "or in smaller parts.")]
    [InlineData(FaultKind.SchemaBreaking, "not_understood", 2, "or in smaller parts.")]
    public async Task The_sender_is_told_at_once_and_every_call_is_charged(FaultKind kind, string reason, int calls, string reply)
    {
        var words = $"buy milk {Guid.NewGuid():N}";
        var fault = kind switch
        {
            FaultKind.Refusal => Fault.Refusal(),
            FaultKind.ContentFilter => Fault.ContentFilter(),
            FaultKind.TooLong => Fault.TooLong(),
            FaultKind.BadPicture => Fault.BadPicture(),
            FaultKind.LengthStop => Fault.LengthStop(),
            _ => Fault.BreakSchema(SchemaBreak.MissingTasks),
        };
        var before = App.OpenAI.Billed;
        using var broken = App.OpenAI.Faults.Add(fault.OnlyFor(words));

        var sid = await App.TextAsync(words);

        Assert.Equal(reason, (await App.WaitForJobAsync(sid, "rejected")).Reason);
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.EndsWith(
            reply, await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid), StringComparison.Ordinal);
        Assert.Equal(calls, App.OpenAI.Billed.ChatCalls - before.ChatCalls);
        Assert.Equal(
            App.OpenAI.Billed.CompletionTokens - before.CompletionTokens,
            Convert.ToInt64(await App.Database.ScalarAsync<object>("select coalesce(sum(output_tokens), 0) from ai_usage where message_sid = $1", sid), CultureInfo.InvariantCulture));
        Assert.Equal(0m, await App.Database.ScalarAsync<decimal>("select sum(reserved_usd) from budget_days"));
    }

    [Fact]
    public async Task An_answer_that_breaks_the_schema_is_asked_for_once_more_with_what_was_wrong()
    {
        using var once = App.OpenAI.Faults.Add(Fault.BreakSchema(SchemaBreak.MissingTasks).OnlyFor("quinces").Once());

        var sid = await App.TextAsync("buy quinces");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Contains(App.OpenAI.Requests, request => request.Body.Contains("quinces", StringComparison.Ordinal) && request.Body.Contains("Answer again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_wrong_with_one_task_costs_the_others_nothing_and_is_asked_about()
    {
        var sid = await SayAsync(
            "milk, dentist next Friday",
            """{"title":"Buy milk","confidence":0.9},{"title":"Dentist","due_at":"next Friday","confidence":0.9},7""");

        Assert.Equal(
            [("Buy milk", false), ("Dentist", true)],
            (await App.Database.RowsAsync("select title, needs_review from tasks where source_message_sid = $1 order by ordinal", sid))
                .Select(task => ((string)task["title"]!, (bool)task["needs_review"]!)));
        Assert.Contains(
            "When is “Dentist” due? I could not tell.",
            await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_two_hundred_items_becomes_two_hundred_tasks()
    {
        var items = Enumerable.Range(1, 200).Select(n => $"item{n}").ToList();

        var sid = await SayAsync(string.Join(", ", items), string.Join(',', items.Select(item => $$"""
            {"title":"Buy {{item}}","notes":null,"due_at":null,"assignee":null,"category":"shopping","confidence":0.95,"answers":null}
            """)));

        Assert.Equal(200, await App.CountAsync("tasks", sid));
    }

    /// <summary>The model answers with these tasks.</summary>
    private async Task<string> SayAsync(string text, string tasks)
    {
        using var script = App.OpenAI.Respond(
            request => JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("message").GetString() == text,
            $$"""{"tasks":[{{tasks}}],"clarifying_question":null,"language":"en"}""");
        var sid = await App.TextAsync(text);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }
}
