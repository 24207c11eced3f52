using System.Net.Http.Json;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Media;

namespace FamilyPa.Tests.Transcription;

public sealed class When_a_voice_note_arrives(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task It_becomes_tasks_and_its_sender_reads_what_was_heard()
    {
        var sid = await SendAsync("", Note("remind me to water the plants on Saturday", 4.5));

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.Equal("Water the plants", await App.Database.ScalarAsync<string>("select title from tasks where source_message_sid = $1", sid));
        Assert.StartsWith(
            "I heard: “remind me to water the plants on Saturday”\nAdded 1 task:\n1. Water the plants - ", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(
            ["download succeeded", "transcribe succeeded", "extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
    }

    [Fact]
    public async Task Transcript_language_seconds_and_cost_are_kept_and_the_familys_names_are_given()
    {
        var note = Note("Milch kaufen und Oma anrufen", 30, "de");
        var sid = await SendAsync("", note);
        await App.WaitForJobAsync(sid);

        var kept = Assert.Single(await App.Database.RowsAsync("select * from voice_transcriptions where message_sid = $1", sid));
        Assert.Equal(("Milch kaufen und Oma anrufen", "de", 30.0, 0.00225m), (kept["transcript"], kept["language"], (double)kept["seconds"]!, kept["cost_usd"]));
        Assert.Equal(30m, await App.Database.ScalarAsync<decimal>("select audio_seconds from ai_usage where message_sid = $1 and phase = 'transcribe'", sid));
        Assert.StartsWith("Ich habe gehört: „Milch kaufen und Oma anrufen“", await ReplyAsync(sid), StringComparison.Ordinal);
        var asked = Assert.Single(App.OpenAI.Requests, request => request.Fields.GetValueOrDefault("file") == $"voice.ogg ({note.Content.Length} bytes)");
        Assert.Equal(
            ("Alex,Sam", "en", "json"), (asked.Fields["keywords[]"], asked.Fields["languages[]"], asked.Fields["response_format"]));
        Assert.Equal(["file", "keywords[]", "languages[]", "model", "response_format"], asked.Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_model_invents_for_silence_is_not_what_somebody_said()
    {
        var silence = Note(" ", 2.5);
        using var invented = App.OpenAI.RespondTranscription(request => request.Audio.SequenceEqual(silence.Content), "buy a yacht tomorrow");

        Assert.Equal("no_speech", (await App.WaitForJobAsync(await SendAsync("", silence), "rejected")).Reason);
    }

    [Fact]
    public async Task Caption_and_several_recordings_are_one_message_with_one_reply()
    {
        var sid = await SendAsync("buy stamps", Note("call grandma", 2), Note("water the plants", 2));

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.Equal(
            ["Buy stamps", "Call grandma", "Water the plants"],
            (await App.Database.RowsAsync("select title from tasks where source_message_sid = $1 order by ordinal", sid)).Select(task => task["title"]));
        Assert.Single(App.Twilio.Sent, message => message.Body.Contains("call grandma water the plants", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_picture_beside_it_that_cannot_be_read_is_left_out_and_said_so()
    {
        var sid = await SendAsync("", Note("feed the cat", 2), new InboundMedia("image/gif", [.. "GIF89a"u8, .. new byte[100]]));

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.EndsWith("(I can't read this kind of picture. Please send a photo or a screenshot of it (JPEG, PNG, WebP or HEIC), or write it.)", await ReplyAsync(sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_rejected_with_a_word_to_its_sender()
    {
        var sid = await SendAsync("", Note(" ", 2));

        var job = await App.WaitForJobAsync(sid);

        Assert.Equal(("rejected", "no_speech"), (job.Status, job.Reason));
        Assert.StartsWith("I couldn't hear anybody speak", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(["transcribe"], (await App.Database.RowsAsync("select phase from ai_usage where message_sid = $1", sid)).Select(row => row["phase"]));
    }

    [Fact]
    public async Task A_kind_of_recording_that_the_service_cannot_read_is_rejected_and_not_tried_again()
    {
        var sid = await SendAsync("", new InboundMedia("audio/flac", Samples.Flac(2)));

        var job = await App.WaitForJobAsync(sid);

        Assert.Equal(("rejected", "unsupported_audio", 0), (job.Status, job.Reason, job.RetryCount));
        Assert.StartsWith("I can't listen to this kind of recording", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal([("released", 0m)], await ReservedAsync(sid));
    }

    [Fact]
    public async Task What_the_service_heard_is_charged_where_the_container_said_less()
    {
        var sid = await SendAsync("", new InboundMedia("audio/ogg", OggOpusWriter.Write("feed the dog", TimeSpan.FromSeconds(1), heard: TimeSpan.FromSeconds(90))));

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.Equal(90m, await App.Database.ScalarAsync<decimal>("select audio_seconds from ai_usage where message_sid = $1 and phase = 'transcribe'", sid));
    }

    [Fact]
    public async Task One_that_was_longer_than_its_container_said_is_paid_for_and_refused()
    {
        var sid = await SendAsync("", new InboundMedia("audio/ogg", OggOpusWriter.Write("feed the dog", TimeSpan.FromSeconds(1), heard: TimeSpan.FromMinutes(12))));

        var job = await App.WaitForJobAsync(sid);

        Assert.Equal(("rejected", "audio_too_long"), (job.Status, job.Reason));
        Assert.StartsWith("That recording is too long", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal([("settled", 0.054m)], await ReservedAsync(sid));
        Assert.Equal(0, await App.CountAsync("tasks", sid));
    }

    [Fact]
    public async Task What_was_heard_is_not_paid_for_again_when_a_later_part_fails()
    {
        using var once = App.OpenAI.Faults.Add(Fault.Status("transcription", 500).OnlyFor("feed the bird").Once());
        InboundMedia[] notes = [Note("feed the fish", 3.25), Note("feed the bird", 3.75)];

        var sid = await SendAsync("", notes);

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from ai_usage where message_sid = $1 and phase = 'transcribe'", sid));
        Assert.Equal(
            [1, 2],
            notes.Select(note => App.OpenAI.Requests.Count(request => request.Fields.GetValueOrDefault("file") == $"voice.ogg ({note.Content.Length} bytes)")));
    }

    [Fact]
    public async Task A_service_that_fails_for_good_leads_to_poison_and_a_replay_goes_on_from_there()
    {
        var broken = App.OpenAI.Faults.Add(Fault.Status("transcription", 500).OnlyFor("trim the hedge"));
        var sid = await SendAsync("", Note("trim the hedge", 2));
        var job = await App.WaitForJobAsync(sid);
        Assert.Equal(("failed", "transcribe"), (job.Status, job.Phase));
        broken.Dispose();

        using var replay = await App.Operator.PostAsJsonAsync("api/admin/replay-webhook", new { message_sid = sid }, Cancellation);
        replay.EnsureSuccessStatusCode();
        await App.WaitForJobAsync(sid, "done");

        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Single(App.Twilio.Requests, request => request.Operation == "media" && request.Path.Contains(sid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_language_that_the_service_does_not_tell_is_taken_from_the_words()
    {
        var sid = await SendAsync("", Note("acheter du lait demain", 3, ""));

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("fr", await App.Database.ScalarAsync<string>("select language from voice_transcriptions where message_sid = $1", sid));
    }

    [Fact]
    public async Task One_too_short_to_hold_a_word_is_not_even_sent()
    {
        var sid = await SendAsync("", Note("hm", 0.05));

        Assert.Equal("audio_too_short", (await App.WaitForJobAsync(sid, "rejected")).Reason);
        Assert.DoesNotContain(App.OpenAI.Requests, request => request.Fields.GetValueOrDefault("file") == $"voice.ogg ({Note("hm", 0.05).Content.Length} bytes)");
    }

    private static InboundMedia Note(string said, double seconds, string? language = null) =>
        new("audio/ogg; codecs=opus", OggOpusWriter.Write(said, TimeSpan.FromSeconds(seconds), language));

    private async Task<string> SendAsync(string caption, params InboundMedia[] media)
    {
        var delivery = await App.Twilio.SendInboundAsync(
            new InboundMessage { From = $"whatsapp:{DemoFamily.Owner.Phone}", Body = caption, Media = media }, Cancellation);
        Assert.True(delivery.Accepted);
        return delivery.MessageSid;
    }

    private async Task<IEnumerable<(string, decimal)>> ReservedAsync(string sid) =>
        (await App.Database.RowsAsync("select status, cost_usd from ai_reservations where message_sid = $1", sid)).Select(row => ((string)row["status"]!, (decimal)row["cost_usd"]!));

    private Task<string> ReplyAsync(string sid) =>
        App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
}
