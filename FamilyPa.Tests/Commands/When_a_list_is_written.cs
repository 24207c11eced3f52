using FamilyPa.Core.Chat;
using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Tests.Commands;

public class When_a_list_is_written
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly Member Ben = new(Guid.NewGuid(), "Ben", OptedOut: false);

    [Fact]
    public void Each_task_has_its_number_its_date_and_its_member() =>
        Assert.Equal(
            """
            Open tasks:
            1. Pay the bill - Mon 23 Nov (overdue)
            2. Call grandma - today, Tue 24 Nov, 17:00 (for Ben)
            3. Find the key
            Send “done 1” when the first is done.
            Board: https://pa.example.com/board
            """,
            List("list", "en-GB", Task("Pay the bill", "2026-11-23"), Task("Call grandma", "2026-11-24T17:00", Ben), Task("Find\nthe  key", null)).Text);

    [Fact]
    public void What_has_no_room_is_counted()
    {
        var (text, shown) = List("list", "en", [.. Enumerable.Range(1, 32).Select(number => Task($"{number} {new string('ä', 200)}", "2026-11-25T17:00", Ben))]);

        Assert.InRange(text.Length, 1200, 1600);
        Assert.InRange(shown, 10, 20);
        Assert.Contains($"\nand {32 - shown} more: send “more”\nSend “done 1” when the first is done.\nBoard: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_title_keeps_its_characters_whole() =>
        Assert.DoesNotContain(List("list", "en", Task(new string('x', 59) + "🎂🎂", null)).Text, char.IsSurrogate);

    [Theory]
    [InlineData("list", "de-DE", "Es ist nichts offen.")]
    [InlineData("Aufgaben", "en-GB", "Es ist nichts offen.")]
    [InlineData("lista", "ja", "No hay nada pendiente.")]
    [InlineData("list", "ja", "Nothing is open.")]
    [InlineData("list today", "fr", "Il n'y a rien pour aujourd'hui.")]
    [InlineData("list done", "en", "Nothing was done in the last 7 days.")]
    public void It_is_in_the_familys_language_unless_it_was_asked_for_in_another(string body, string locale, string text) =>
        Assert.Equal(text, List(body, locale).Text);

    [Theory]
    [InlineData("milk", 0)]
    [InlineData("brot", 2)]
    [InlineData("oat milk", 1)]
    [InlineData("mil", null)]
    [InlineData("buy", null)]
    [InlineData("", null)]
    public void A_task_is_found_by_name_only_if_no_other_can_be_meant(string name, int? found)
    {
        ListedTask[] tasks = [Task("Milk", null), Task("Buy oat milk", null), Task("Bröt", null), Task("Buy eggs", null)];

        Assert.Equal(found is { } index ? tasks[index].Id : null, TaskNames.Find(name, tasks));
    }

    private static (string Text, int Shown) List(string body, string locale, params ListedTask[] tasks) =>
        CommandText.Of(CommandReader.Read(body)!, Family(locale), Now, "https://pa.example.com/board").List(tasks);

    private static Family Family(string locale) => new(Guid.NewGuid(), DateTimeZoneProviders.Tzdb["Europe/London"], locale, [Ben]);

    private static ListedTask Task(string title, string? due, Member? assignee = null) =>
        new(Guid.NewGuid(), title, due is not null && DueDate.TryParse(due, Family("en").TimeZone, out var date) ? date : null, assignee is null ? [] : [assignee]);
}
