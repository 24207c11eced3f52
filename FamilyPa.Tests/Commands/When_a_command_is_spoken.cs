using System.Net.Http.Json;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

public sealed class When_a_command_is_spoken(FastApp app) : AppTest<FastApp>(app)
{
    private TestMember sender = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        sender = (await App.AddFamilyAsync("owner")).Members[0];
    }

    [Fact]
    public async Task It_does_what_the_written_one_does_and_asks_no_chat_model()
    {
        await SayAsync("buy milk");
        var calls = App.OpenAI.Billed.ChatCalls;

        Assert.StartsWith("Open tasks:\n1. Buy milk", await SayAsync("List."), StringComparison.Ordinal);
        Assert.Equal("That was all.", await SayAsync("More!"));
        Assert.Equal("Done: Buy milk", await SayAsync("Done milk."));
        Assert.Equal("Open again: Buy milk", await SayAsync("Undo, please."));
        Assert.StartsWith("Your family's board: ", await SayAsync("Board"), StringComparison.Ordinal);
        Assert.StartsWith("Offene Aufgaben:\n1. Buy milk", await SayAsync("Meine Aufgaben", "de"), StringComparison.Ordinal);
        Assert.Equal(calls, App.OpenAI.Billed.ChatCalls);
    }

    [Theory]
    [InlineData("Stop.")]
    [InlineData("Help!")]
    public async Task Stop_and_help_get_the_help_and_nobody_is_opted_out(string said)
    {
        Assert.Contains("Send STOP for no more messages", await SayAsync(said), StringComparison.Ordinal);

        Assert.False(await App.Database.ScalarAsync<bool>("select opted_out_at is not null from family_members where user_id = $1", sender.UserId));
    }

    [Fact]
    public async Task What_names_no_task_is_an_ordinary_message() =>
        Assert.StartsWith("I heard: “Done deal email.”", await SayAsync("Done deal email."), StringComparison.Ordinal);

    [Fact]
    public async Task A_question_of_what_there_is_to_do_is_answered() =>
        Assert.Equal("There is nothing on the list for that.", await SayAsync("What's on tomorrow?"));

    [Fact]
    public async Task One_that_was_misheard_becomes_what_was_said_when_it_is_replayed()
    {
        string sid;
        using (App.OpenAI.RespondTranscription(_ => true, "Help."))
            sid = await SendAsync("buy milk");
        Assert.Equal(0, await App.CountAsync("tasks", sid));

        using var replay = await App.Operator.PostAsJsonAsync("api/admin/replay-webhook", new { message_sid = sid, from_phase = "transcribe" }, Cancellation);

        replay.EnsureSuccessStatusCode();
        await App.WaitForAsync(() => App.CountAsync("tasks", sid), tasks => tasks == 1, "the task");
    }

    private async Task<string> SayAsync(string words, string? language = null)
    {
        var sid = await SendAsync(words, language);
        return await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
    }

    private async Task<string> SendAsync(string words, string? language = null)
    {
        var note = new InboundMedia("audio/ogg; codecs=opus", OggOpusWriter.Write(words, TimeSpan.FromSeconds(2), language));
        var sid = (await App.Twilio.SendInboundAsync(new InboundMessage { From = $"whatsapp:{sender.Phone}", Body = "", Media = [note] }, Cancellation)).MessageSid;
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }
}
