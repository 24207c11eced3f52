using System.Globalization;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Pipeline;
using NodaTime;

namespace FamilyPa.Tests.Extraction;

/// <summary>From the webhook to the reply, with a model that is wrong about dates.</summary>
public sealed class When_a_due_date_is_doubtful(FastApp app) : AppTest<FastApp>(app)
{
    private static readonly DateTimeZone London = DateTimeZoneProviders.Tzdb[DemoFamily.TimeZone];

    private static int phones;

    private readonly string phone = $"+4477009003{Interlocked.Increment(ref phones):00}";

    /// <summary>In a week at the earliest, so that a night's end changes nothing.</summary>
    private static LocalDate NextFriday => SystemClock.Instance.GetCurrentInstant().InZone(London).Date.PlusDays(7).Next(IsoDayOfWeek.Friday);

    public override async ValueTask InitializeAsync() => await App.Database.ExecuteAsync(
        "insert into family_members (family_id, display_name, phone_e164) values ($1, 'Kim', $2)", DemoFamily.FamilyId, phone);

    [Fact]
    public async Task It_is_stored_for_review_and_asked_about_and_the_answer_puts_it_right()
    {
        var asked = await SayAsync("phone grandma on Friday", Iso(NextFriday.PlusDays(-1)));

        Assert.True((bool)(await TaskAsync(asked))["needs_review"]!);
        Assert.Contains("but you named another weekday. Which day do you mean?", await ReplyAsync(asked), StringComparison.Ordinal);

        await App.WaitForJobAsync(await App.TextAsync("on Friday", phone));

        var task = await TaskAsync(asked);
        Assert.Equal(("Water the fern", false), ((string)task["title"]!, (bool)task["needs_review"]!));
        Assert.Equal(IsoDayOfWeek.Friday, Instant.FromDateTimeUtc((DateTime)task["due_at"]!).InZone(London).DayOfWeek);
    }

    [Fact]
    public async Task What_is_over_is_asked_about()
    {
        var sid = await SayAsync("water the fern yesterday", Iso(SystemClock.Instance.GetCurrentInstant().InZone(London).Date.PlusDays(-1)));

        Assert.True((bool)(await TaskAsync(sid))["needs_review"]!);
        Assert.Contains("which is over. When is it due?", await ReplyAsync(sid), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "because the time you gave is skipped")]
    [InlineData(false, "That time comes twice")]
    public async Task A_time_at_which_clocks_change_is_asked_about(bool forward, string question)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        var change = London.GetZoneIntervals(now, now + Duration.FromDays(800)).Skip(1).First(interval => interval.Savings > Offset.Zero == forward).Start;

        // In London both the hour that is skipped and the one that comes twice begin at 01:00.
        var sid = await SayAsync("water the fern in that night", $"{Iso(change.InZone(London).Date)}T01:30");

        Assert.True((bool)(await TaskAsync(sid))["needs_review"]!);
        Assert.Contains(question, await ReplyAsync(sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_date_that_fits_the_weekday_is_stored_without_a_question()
    {
        var sid = await SayAsync("water the fern on Friday", Iso(NextFriday));

        Assert.False((bool)(await TaskAsync(sid))["needs_review"]!);
        Assert.DoesNotContain("?", await ReplyAsync(sid), StringComparison.Ordinal);
    }

    private static string Iso(LocalDate date) => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The model makes it one task, due as given.</summary>
    private async Task<string> SayAsync(string text, string due)
    {
        using var script = App.OpenAI.Respond(
            request => JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("message").GetString() == text,
            $$"""{"tasks":[{"title":"Water the fern","due_at":"{{due}}","category":"household","confidence":0.95}],"clarifying_question":null,"language":"en"}""");
        var sid = await App.TextAsync(text, phone);
        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        return sid;
    }

    private async Task<IReadOnlyDictionary<string, object?>> TaskAsync(string sid) =>
        Assert.Single(await App.Database.RowsAsync("select * from tasks where source_message_sid = $1", sid));

    private Task<string> ReplyAsync(string sid) =>
        App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
}
