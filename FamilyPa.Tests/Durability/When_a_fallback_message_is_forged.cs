using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Settings;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Durability;

public sealed class When_a_fallback_message_is_forged(FastApp app) : AppTest<FastApp>(app)
{
    private static readonly FallbackSigner Ours = Signer(FamilyPaApp.SessionSigningKey);

    public static TheoryData<string> Forgeries => ["unsigned", "another key", "another form", "another time", "another sender's signature", "no bytes", "in Base64", "in poison", "by a blob"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task It_goes_to_poison_and_is_audited(string how)
    {
        var form = App.Form($"buy {how}");
        var message = Message(form);
        var signed = JsonNode.Parse(Ours.Sign(message).ToJson())!.AsObject();
        var body = how switch
        {
            "unsigned" or "in poison" => message.ToJson(),
            "another key" => Signer("another-session-signing-key-0123456789").Sign(message).ToJson(),
            "another form" => With("form", Convert.ToBase64String(Compress(App.Form("buy gold")))),
            "another time" => With("receivedAt", "2031-01-01T00:00:00+00:00"),
            "another sender's signature" => With("mac", JsonNode.Parse(Ours.Sign(Message(App.Form("buy milk"))).ToJson())!["mac"]!.GetValue<string>()),
            "no bytes" => With("mac", ""),
            "by a blob" => await ByBlobAsync(),
            _ => Convert.ToBase64String(Encoding.UTF8.GetBytes(message.ToJson())),
        };

        await App.Storage.Queue(how == "in poison" ? "inbound-poison" : "inbound").SendMessageAsync(body, Cancellation);

        var kept = Assert.Single(await App.WaitForAsync(
            () => App.Database.RowsAsync("select queue_message_id, cause, message_sid, from_address from poison_messages where queue = 'inbound' and body = $1", body),
            rows => rows.Count > 0, "the poison row"));
        Assert.Equal(("forged", null, null), (kept["cause"], kept["message_sid"], kept["from_address"]));
        Assert.Equal(1, await App.Database.ScalarAsync<long>(
            "select count(*) from audit_log where action = 'refuse_forged' and details ->> 'queue_message_id' = $1", (string)kept["queue_message_id"]!));
        Assert.Equal(0, await App.CountAsync("webhook_events", form["MessageSid"]));

        string With(string field, string value)
        {
            signed[field] = value;
            return signed.ToJsonString();
        }

        async Task<string> ByBlobAsync()
        {
            var container = new BlobContainerClient(App.Storage.ConnectionString, "media");
            await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
            await container.GetBlobClient($"{form["MessageSid"]}/fallback").UploadAsync(BinaryData.FromString(message.ToJson()), overwrite: true, Cancellation);
            return (message with { Form = null, Blob = $"{form["MessageSid"]}/fallback" }).ToJson();
        }
    }

    [Fact]
    public async Task What_the_app_signed_is_taken_in_once_however_often_it_comes()
    {
        var form = App.Form("buy bread");
        var body = Ours.Sign(Message(form)).ToJson();
        foreach (var text in (string[])[body, Convert.ToBase64String(Encoding.UTF8.GetBytes(body)), body])
            await App.Storage.Queue("inbound").SendMessageAsync(text, Cancellation);

        await App.WaitForJobAsync(form["MessageSid"], "done");
        Assert.Equal(1, await App.CountAsync("webhook_events", form["MessageSid"]));
    }

    [Fact]
    public void Both_keys_verify_while_they_are_rotated()
    {
        var message = Message(App.Form("buy milk"));
        var rotating = new FallbackSigner(Options.Create(new AppSettings { SessionSigningKey = new string('n', 40), SessionSigningKeyNext = FamilyPaApp.SessionSigningKey }));

        Assert.True(rotating.IsValid(Ours.Sign(message)));
        Assert.True(rotating.IsValid(rotating.Sign(message)));
        Assert.False(Ours.IsValid(rotating.Sign(message)));
    }

    private static FallbackSigner Signer(string key) => new(Options.Create(new AppSettings { SessionSigningKey = key }));

    private static FallbackMessage Message(Dictionary<string, string> form) => new(form["MessageSid"], DateTimeOffset.UtcNow, "request", null, Compress(form));

    private static byte[] Compress(Dictionary<string, string> form)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest))
            brotli.Write(Encoding.UTF8.GetBytes(string.Join('&', form.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))));
        return compressed.ToArray();
    }
}
