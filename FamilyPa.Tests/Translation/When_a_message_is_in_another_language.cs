using System.Globalization;
using System.Text.Json;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Translation;

public sealed class When_a_message_is_in_another_language(When_a_message_is_in_another_language.ForeignApp app) : AppTest<When_a_message_is_in_another_language.ForeignApp>(app)
{
    private const string Schema = "reply_lines";
    private const string Families = "Added 1 task:";

    private readonly string word = $"słowo-{Guid.NewGuid():N}"[..14];
    private TestFamily family = null!;
    private int before;

    private string Phone => family.Members[0].Phone;

    private int Calls => App.OpenAI.Requests.Count(request => request.Body.Contains(Schema, StringComparison.Ordinal)) - before;

    public override async ValueTask InitializeAsync()
    {
        family = await App.AddFamilyAsync("owner", "member");
        before = Calls;
    }

    [Fact]
    public async Task The_reply_is_in_it_and_the_facts_stay()
    {
        using var polish = Translate(sentence => sentence.Replace(Families, "Dodano 1 zadanie:", StringComparison.Ordinal)
            .Replace("(for", "(dla", StringComparison.Ordinal).Replace("Board", "Tablica", StringComparison.Ordinal));

        var sid = await SendAsync($$"""{"title":"Kupić 2 mleka {{word}}","due_at":"2030-05-03T17:00","assignees":["member 1"],"category":"shopping","confidence":0.9}""");

        var culture = CultureInfo.GetCultureInfo("pl");
        var due = new DateTime(2030, 5, 3).ToString($"ddd {culture.DateTimeFormat.ShortDatePattern}", culture);
        var reply = await ReplyAsync(sid);
        Assert.StartsWith($"Dodano 1 zadanie:\n1. Kupić 2 mleka {word} - {due}, 17:00 (dla member 1)\nTablica: http", reply, StringComparison.Ordinal);
        Assert.Equal(reply, Assert.Single(App.Twilio.Sent, message => message.To.EndsWith(Phone, StringComparison.Ordinal)).Body);
        var asked = Assert.Single(App.OpenAI.Requests, request => request.Body.Contains(Schema, StringComparison.Ordinal) && request.Body.Contains("(for {4})", StringComparison.Ordinal)).Body;
        Assert.All([word, "member 1", "17:00", "http://"], fact => Assert.DoesNotContain(fact, asked, StringComparison.Ordinal));
        Assert.Equal(["extract", "finalize"], (await LedgerAsync(sid)).Select(charge => charge.Phase));
        Assert.All(await LedgerAsync(sid), charge => Assert.True(charge.Cost > 0));
        Assert.All(
            (await App.AskAsync($"/api/admin/events/{sid}")).Json.GetProperty("limits").GetProperty("reservations").EnumerateArray(),
            reservation => Assert.Equal("settled", reservation.Text("status")));
    }

    [Fact]
    public async Task A_question_and_a_list_are_in_it_too()
    {
        using var polish = Translate(sentence => sentence.Replace("When is", "Na kiedy jest", StringComparison.Ordinal).Replace("Open tasks", "Otwarte zadania", StringComparison.Ordinal));

        var asking = await SendAsync($$"""{"title":"Dentysta {{word}}","due_at":"kiedyś","confidence":0.9}""");
        var listing = await SendAsync("", list: """{"from":null,"until":null,"assignee":null,"category":null,"done":false,"delete":false}""");

        Assert.Contains($"Na kiedy jest “Dentysta {word}” due?", await ReplyAsync(asking), StringComparison.Ordinal);
        Assert.Equal($"When is “Dentysta {word}” due? I could not tell.", await App.Database.ScalarAsync<string>("select question from clarifications where message_sid = $1", asking));
        Assert.StartsWith($"Otwarte zadania:\n1. Dentysta {word}\nSend “done 1” when", await ReplyAsync(listing), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dodano 2 zadania:")]
    [InlineData("Dodano:")]
    [InlineData("Dodano 1 zadanie: 99")]
    [InlineData("Dodano 1 zadanie: https://evil.example")]
    [InlineData("Dodano {0} 1 zadanie:")]
    [InlineData("Dodano 1 \u202Ezadanie:")]
    [InlineData("Dodano 1\u0000 zadanie:")]
    [InlineData("")]
    public async Task A_model_that_says_something_else_is_paid_and_not_heard(string line)
    {
        using var wrong = Translate(sentence => sentence == Families ? line : sentence);

        var sid = await SendAsync();

        Assert.StartsWith($"{Families}\n1. Mleko {word}", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(["extract", "finalize"], (await LedgerAsync(sid)).Select(charge => charge.Phase));
        Assert.Equal(1, Calls);
    }

    [Theory]
    [InlineData("""{"lines":[]}""")]
    [InlineData("""{"lines":[1,2]}""")]
    [InlineData("""{"lines":["Dodano 1 zadanie:"]}""")]
    [InlineData("""{"lines":["\ud800","x"]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("no JSON")]
    public async Task An_answer_in_another_form_is_paid_and_not_read(string answer)
    {
        using var wrong = App.OpenAI.Respond(request => request.SchemaName == Schema, answer);

        var sid = await SendAsync();

        Assert.StartsWith(Families, await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal((2, 1), ((await LedgerAsync(sid)).Count, Calls));
    }

    [Theory]
    [InlineData(FaultKind.Refusal, "settled")]
    [InlineData(FaultKind.LengthStop, "settled")]
    [InlineData(FaultKind.EmptyChoices, "settled")]
    [InlineData(FaultKind.ContentFilter, "uncertain")]
    [InlineData(FaultKind.Rubbish, "uncertain")]
    [InlineData(FaultKind.Cut, "uncertain")]
    [InlineData(FaultKind.Stall, "uncertain")]
    [InlineData(FaultKind.Status, "released")]
    public async Task A_model_that_does_not_answer_keeps_nobody_waiting_and_is_not_asked_again(FaultKind kind, string reservation)
    {
        var fault = kind switch
        {
            FaultKind.Refusal => Fault.Refusal(),
            FaultKind.LengthStop => Fault.LengthStop(),
            FaultKind.EmptyChoices => Fault.EmptyChoices(),
            FaultKind.ContentFilter => Fault.ContentFilter(),
            FaultKind.Rubbish => Fault.Rubbish("chat"),
            FaultKind.Cut => Fault.Cut("chat"),
            FaultKind.Stall => Fault.Stall("chat", TimeSpan.FromMinutes(1)),
            _ => Fault.Status("chat", 429, TimeSpan.FromSeconds(1)),
        };
        using var broken = App.OpenAI.Faults.Add(fault.OnlyFor(Schema));

        var sid = await SendAsync();

        Assert.StartsWith(Families, await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Equal(1, Calls);
        Assert.Equal(reservation, await ReservationAsync(sid));
        Assert.Equal("closed", await App.Database.ScalarAsync<string>("select state from breakers where dependency = 'chat'"));
        Assert.Equal(0m, await App.Database.ScalarAsync<decimal>("select sum(reserved_usd) from budget_days where family_id = $1", family.Id));
    }

    [Fact]
    public async Task Without_a_budget_it_is_not_asked()
    {
        await App.Database.ExecuteAsync("insert into family_budgets (family_id, daily_usd) values ($1, 0)", family.Id);

        var sid = await FinalizeAsync("pl");

        Assert.StartsWith(Families, await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(["finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Equal((0, 0L), (Calls, await App.CountAsync("ai_reservations", sid)));
    }

    [Fact]
    public async Task While_it_is_down_it_is_not_asked()
    {
        await App.Database.ExecuteAsync("update breakers set state = 'open', retry_at = now() + interval '1 hour' where dependency = 'chat'");
        try
        {
            Assert.StartsWith(Families, await ReplyAsync(await FinalizeAsync("pl")), StringComparison.Ordinal);
            Assert.Equal(0, Calls);
        }
        finally
        {
            await App.Database.ExecuteAsync("update breakers set state = 'closed', retry_at = null where dependency = 'chat'");
        }
    }

    [Fact]
    public async Task Delivered_twice_it_is_asked_once()
    {
        using var polish = Translate(sentence => sentence.Replace(Families, "Dodano 1 zadanie:", StringComparison.Ordinal));
        using var script = Understand(Milk);
        var form = App.Form(word, Phone);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => App.PostAsync(form)));
        await App.WaitForJobAsync(form["MessageSid"], "done");
        await App.Storage.Queue("finalize").SendMessageAsync(form["MessageSid"], Cancellation);
        await App.WaitForAsync(
            async () => (await App.Storage.Queue("finalize").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, waiting => waiting == 0, "the queue to be empty");

        Assert.StartsWith("Dodano", await ReplyAsync(form["MessageSid"]), StringComparison.Ordinal);
        Assert.Equal(1, Calls);
        Assert.Single(App.Twilio.Sent, message => message.To.EndsWith(Phone, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_process_dies_during_the_call_it_is_not_asked_again(bool isBilled)
    {
        var minute = TimeSpan.FromMinutes(1);
        var stall = App.OpenAI.Faults.Add((isBilled ? Fault.Late("chat", minute) : Fault.Stall("chat", minute)).OnlyFor(Schema).Once());
        using var script = Understand(Milk);
        var sid = await App.TextAsync(word, Phone);
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await App.KillAsync();
        stall.Dispose();
        await App.RestartAsync();

        await App.WaitForJobAsync(sid, "done");
        Assert.StartsWith(Families, await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal((1, "uncertain"), (Calls, await ReservationAsync(sid)));
        Assert.Single(App.Twilio.Sent, message => message.To.EndsWith(Phone, StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_process_died_after_the_call_its_answer_is_taken()
    {
        var sid = await FinalizeAsync("pl", """, "sentences": {"Added 1 task:": "Dodano 1 zadanie:", "Board: {0}": "Tablica: {0}"}""");

        Assert.StartsWith($"Dodano 1 zadanie:\n1. Mleko {word}\nTablica: http", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(0, Calls);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("es-MX")]
    [InlineData("fr")]
    [InlineData("IT")]
    [InlineData("nl")]
    [InlineData("pt-BR")]
    [InlineData("tr")]
    [InlineData("und")]
    [InlineData("no language")]
    public async Task Our_own_languages_need_no_call(string language)
    {
        await App.WaitForJobAsync(await FinalizeAsync(language), "done");

        Assert.Equal(0, Calls);
    }

    [Fact]
    public async Task A_command_needs_no_call_whatever_the_familys_language_is()
    {
        await App.Database.ExecuteAsync("update families set locale = 'pl-PL' where id = $1", family.Id);

        var sid = await App.TextAsync("list", Phone);

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("Nothing is open.", await ReplyAsync(sid));
        Assert.Equal(0, Calls);
    }

    [Fact]
    public async Task The_simulated_model_needs_no_script()
    {
        var sid = await App.TextAsync($"buy молоко {word}", Phone);

        await App.WaitForJobAsync(sid, "done");
        Assert.Matches($"^\\[uk\\] Added 1 task:\n1\\. .*{word}\n\\[uk\\] Board: http", await ReplyAsync(sid));
    }

    private string Milk => $$"""{"title":"Mleko {{word}}","confidence":0.9}""";

    private IDisposable Understand(string tasks, string language = "pl", string list = "null") => App.OpenAI.Respond(
        request => request.SchemaName != Schema && request.UserMessage.Contains(word, StringComparison.Ordinal),
        $$"""{"tasks":[{{tasks}}],"clarifying_question":null,"language":"{{language}}","list":{{list}}}""");

    private IDisposable Translate(Func<string, string> translate) => App.OpenAI.Respond(
        request => request.SchemaName == Schema,
        request => JsonSerializer.Serialize(new
        {
            lines = JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("sentences").EnumerateArray().Select(sentence => translate(sentence.GetString()!)),
        }));

    private async Task<string> SendAsync(string? tasks = null, string list = "null")
    {
        using var script = Understand(tasks ?? Milk, list: list);
        var sid = await App.TextAsync($"{word} {Guid.NewGuid():N}", Phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    /// <summary>A message that was understood as one in this language.</summary>
    private async Task<string> FinalizeAsync(string language, string more = "")
    {
        var sid = await App.StoredAsync(new()
        {
            Body = word,
            From = Phone,
            FamilyId = family.Id,
            Status = "finalizing",
            Phase = "finalize",
            Extraction = $$"""{"tasks":[{{Milk}}],"clarifying_question":null,"language":"{{language}}"{{more}}}""",
        });
        await App.Storage.Queue("finalize").SendMessageAsync(sid, Cancellation);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private Task<string?> ReplyAsync(string sid) => App.Database.ScalarAsync<string?>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    private Task<string?> ReservationAsync(string sid) => App.Database.ScalarAsync<string?>("select status from ai_reservations where message_sid = $1 and phase = 'finalize'", sid);

    private async Task<IReadOnlyList<(string Phase, decimal Cost)>> LedgerAsync(string sid) =>
        [.. (await App.Database.RowsAsync("select phase, cost_usd from ai_usage where message_sid = $1 order by created_at", sid)).Select(row => ((string)row["phase"]!, (decimal)row["cost_usd"]!))];

    /// <summary>Waits for a translation, and for a dead worker's lease, not long.</summary>
    public sealed class ForeignApp(TestEnvironment environment) : FastApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Pipeline__TranslationTimeout"] = "00:00:03";
            settings["Pipeline__Lease"] = "00:00:04";
            // A time limit of the call alone would be no proof.
            settings["Pipeline__AiTimeout"] = "00:01:00";
            settings["Pipeline__AiRetries"] = "2";
        }
    }
}
