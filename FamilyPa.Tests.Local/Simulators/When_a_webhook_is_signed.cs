using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Local.Simulators;

public class When_a_webhook_is_signed
{
    private static readonly Dictionary<string, string> Call = new()
    {
        ["To"] = "+18005551212",
        ["CallSid"] = "CA1234567890ABCDE",
        ["Digits"] = "1234",
        ["From"] = "+14158675309",
        ["Caller"] = "+14158675309",
    };

    [Theory]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [InlineData("http://username:password@MyCompany.com/myapp.php?foo=1&bar=2", "PJ08CxXr7KLPjEQCTc8LkUSMwSM=")]
    public void It_is_signed_as_Twilio_signs(string url, string signature) => Assert.Equal(signature, TwilioSignature.Sign("12345", url, Call));

    [Fact]
    public void Emoji_accents_and_ampersands_are_signed_as_they_are() => Assert.Equal("ORyhFhIl4hj8oAVPdNN0tEp6l3Q=", TwilioSignature.Sign(
        "12345", "https://pa.example.com/api/webhooks/twilio?secret=s3cr3t", new Dictionary<string, string>
        {
            ["WaId"] = "447700900123",
            ["To"] = "whatsapp:+14155238886",
            ["ProfileName"] = "Zoë",
            ["NumMedia"] = "0",
            ["MessageSid"] = "SM0",
            ["From"] = "whatsapp:+447700900123",
            ["Body"] = "Buy milk 🥛 & bread",
            ["AccountSid"] = "AC0",
        }));

    [Fact]
    public void A_fragment_is_never_signed() => Assert.Equal(
        TwilioSignature.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", Call),
        TwilioSignature.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2#rc=3&rp=5xx", Call));
}
