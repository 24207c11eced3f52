using System.Net;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Phone;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_a_family_member_uses_the_phone(FastApp app) : AppTest<FastApp>(app)
{
    private readonly HttpClient http = new();
    private PhoneServer phone = null!;

    private string Root => phone.Url[..^"/phone".Length];

    public override async ValueTask InitializeAsync() => phone = await PhoneServer.StartAsync(App.Twilio, DemoFamily.Members, port: 0);

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        await phone.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_text_is_taken_in_by_the_real_webhook()
    {
        var delivery = await SendAsync(("body", "buy milk tomorrow"));

        Assert.True(delivery.GetProperty("accepted").GetBoolean());
        Assert.Equal("done", (await App.WaitForJobAsync(delivery.GetProperty("messageSid").GetString()!)).Status);
    }

    [Fact]
    public async Task What_was_typed_can_be_sent_as_a_voice_note()
    {
        var delivery = await SendAsync(("spoken", "buy bread"));

        var sid = delivery.GetProperty("messageSid").GetString()!;
        var payload = await App.Database.ScalarAsync<string>("select raw_payload->>'MediaContentType0' from webhook_events where message_sid = $1", sid);
        Assert.StartsWith("audio/ogg", payload, StringComparison.Ordinal);
        var audio = await http.GetAsync($"{Root}/phone/media/{sid}/0", Cancellation);
        Assert.Equal("OggS"u8.ToArray(), (await audio.Content.ReadAsByteArrayAsync(Cancellation))[..4]);
        Assert.Equal("Buy bread", (await App.WaitForJobAsync(sid)) is { Status: "done" }
            ? await App.Database.ScalarAsync<string>("select title from tasks where source_message_sid = $1", sid) : null);
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("hint").ValueKind);
    }

    [Fact]
    public async Task The_sample_picture_is_read_without_a_key()
    {
        using var form = Form([("body", "")]);
        var sample = await http.GetByteArrayAsync($"{Root}/phone/sample.jpg", Cancellation);
        form.Add(new ByteArrayContent(sample) { Headers = { ContentType = new("image/jpeg") } }, "file", "sample.jpg");
        using var answer = await http.PostAsync($"{Root}/phone/messages", form, Cancellation);

        var sid = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("messageSid").GetString()!;
        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.Equal(2, await App.CountAsync("tasks", sid));
        using var shown = await http.GetAsync($"{Root}/phone/media/{sid}/0", Cancellation);
        Assert.Equal("image/jpeg", shown.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_reply_appears_in_the_conversation()
    {
        await using var stream = await http.GetStreamAsync($"{Root}/phone/events?member={Uri.EscapeDataString(DemoFamily.Second.Phone)}", Cancellation);
        using var reader = new StreamReader(stream);
        await SendAsync(("from", DemoFamily.Second.Phone), ("body", "buy eggs"));

        var mine = await NextAsync(reader, message => message.GetProperty("mine").GetBoolean());
        var reply = await NextAsync(reader, message => !message.GetProperty("mine").GetBoolean());

        Assert.Equal("buy eggs", mine.GetProperty("body").GetString());
        Assert.Contains("eggs", reply.GetProperty("body").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stranger_cannot_be_played()
    {
        using var form = Form([("from", "+447700900999"), ("body", "hello")]);

        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync($"{Root}/phone/messages", form, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Another_site_in_the_same_browser_is_refused()
    {
        using var write = new HttpRequestMessage(HttpMethod.Post, $"{Root}/phone/messages") { Content = Form([("body", "x")]) };
        write.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var rebound = new HttpRequestMessage(HttpMethod.Get, $"{Root}/phone/members") { Headers = { Host = "phone.example.com" } };

        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(write, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(rebound, Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("/phone", "text/html")]
    [InlineData("/phone/page/phone.css", "text/css")]
    [InlineData("/phone/page/phone.js", "text/javascript")]
    [InlineData("/phone/page/conversation.js", "text/javascript")]
    [InlineData("/phone/page/recorder.js", "text/javascript")]
    public async Task The_page_is_served_whole_and_from_here_alone(string path, string type)
    {
        using var answer = await http.GetAsync(Root + path, Cancellation);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task<JsonElement> SendAsync(params (string Name, string Value)[] fields)
    {
        using var form = Form(fields);
        using var answer = await http.PostAsync($"{Root}/phone/messages", form, Cancellation);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static MultipartFormDataContent Form((string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields.Any(field => field.Name == "from") ? fields : [("from", DemoFamily.Owner.Phone), .. fields])
            form.Add(new StringContent(value), name);
        return form;
    }

    private static async Task<JsonElement> NextAsync(StreamReader reader, Func<JsonElement, bool> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(FamilyPaApp.Patience);
        while (await reader.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonSerializer.Deserialize<JsonElement>(line[6..]) is var message && wanted(message))
                return message;
        throw new EndOfStreamException("The event stream ended.");
    }
}
