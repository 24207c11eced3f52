using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

public sealed class When_a_change_changes_nothing(FastApp app) : AppTest<FastApp>(app)
{
    private TestMember sender = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var family = await App.AddFamilyAsync("owner");
        sender = family.Members[0];
        await App.Database.ExecuteAsync("insert into tasks (family_id, title, due_at) values ($1, 'Dentist', '2030-05-03T10:00Z')", family.Id);
    }

    [Fact]
    public async Task It_is_said_and_undo_is_about_the_change_before()
    {
        object saturday = new { task = 1, operation = "update", due_at = "2030-05-04T10:00", assignees = new[] { sender.Name }, confidence = 0.9 };
        Assert.StartsWith("Changed: Dentist - Sat 4 May 2030", await ChangeAsync("the dentist is on Saturday", saturday), StringComparison.Ordinal);

        Assert.StartsWith("Already so: Dentist - Sat 4 May 2030", await ChangeAsync("I do the dentist on Saturday", saturday), StringComparison.Ordinal);
        Assert.Equal($"Already so: Dentist (for {sender.Name})", await SayAsync($"assign 1 to {sender.Name}"));

        Assert.Equal("As it was: Dentist", await SayAsync("undo"));
        Assert.Equal(3, await App.Database.ScalarAsync<int>(
            "select extract(day from t.due_at)::int from tasks t join family_members m on m.family_id = t.family_id where m.user_id = $1", sender.UserId));
    }

    private async Task<string> ChangeAsync(string text, object change)
    {
        using var script = App.OpenAI.Respond(
            request => request.UserMessage.Contains(text, StringComparison.Ordinal),
            JsonSerializer.Serialize(new { tasks = Array.Empty<object>(), changes = new[] { change }, language = "en" }));
        return await SayAsync(text);
    }

    private async Task<string> SayAsync(string text)
    {
        var sid = await App.TextAsync(text, sender.Phone);
        await App.WaitForJobAsync(sid, "done");
        return await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
    }
}
