using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

/// <summary>A vector that was signed elsewhere, end to end: token 12345, https://pa.example.com/api/webhooks/twilio?secret=s3cr3t.</summary>
public sealed class When_Twilios_own_signature_arrives(When_Twilios_own_signature_arrives.Vector app) : AppTest<When_Twilios_own_signature_arrives.Vector>(app)
{
    private static readonly Dictionary<string, string> Form = new()
    {
        ["AccountSid"] = "AC0",
        ["Body"] = "Buy milk 🥛 & bread",
        ["From"] = "whatsapp:+447700900123",
        ["MessageSid"] = "SM0",
        ["NumMedia"] = "0",
        ["ProfileName"] = "Zoë",
        ["To"] = "whatsapp:+14155238886",
        ["WaId"] = "447700900123",
    };

    [Fact]
    public async Task It_verifies_and_its_short_id_is_refused()
    {
        var answer = await App.PostAsync(Form, new Tamper { Signature = "ORyhFhIl4hj8oAVPdNN0tEp6l3Q=" });

        Assert.Equal("max-age=31536000", answer.Headers["Strict-Transport-Security"]);
        Assert.Equal((400, "bad_message_sid"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task One_character_less_does_not() =>
        Assert.Equal(401, (await App.PostAsync(Form, new Tamper { Signature = "ORyhFhIl4hj8oAVPdNN0tEp6l3Q" })).Status);

    public sealed class Vector(TestEnvironment environment) : FamilyPaApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            settings["TWILIO_ACCOUNT_SID"] = "AC0";
            settings["TWILIO_AUTH_TOKEN"] = "12345";
            settings["WEBHOOK_SHARED_SECRET"] = "s3cr3t";
            settings["PUBLIC_BASE_URL"] = "https://pa.example.com";
        }
    }
}
