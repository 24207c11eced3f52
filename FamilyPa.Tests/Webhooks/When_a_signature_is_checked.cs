using System.Collections.Specialized;
using Twilio.Security;

namespace FamilyPa.Tests.Webhooks;

/// <summary>What Twilio's own validator takes and throws, on which ours is built.</summary>
public class When_a_signature_is_checked
{
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";

    private static readonly Dictionary<string, string> Call = new()
    {
        ["To"] = "+18005551212",
        ["From"] = "+14158675309",
        ["Digits"] = "1234",
        ["Caller"] = "+14158675309",
        ["CallSid"] = "CA1234567890ABCDE",
    };

    private readonly RequestValidator validator = new("12345");

    [Theory]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [InlineData("http://username:password@MyCompany.com/myapp.php?foo=1&bar=2", "PJ08CxXr7KLPjEQCTc8LkUSMwSM=")]
    public void A_signature_of_Twilios_is_valid(string url, string signature) =>
        Assert.True(validator.Validate(url, Call, signature));

    [Fact]
    public void A_whatsapp_message_with_emoji_and_accents_is_valid()
    {
        var form = new Dictionary<string, string>
        {
            ["WaId"] = "447700900123",
            ["To"] = "whatsapp:+14155238886",
            ["ProfileName"] = "Zoë",
            ["NumMedia"] = "0",
            ["MessageSid"] = "SM0",
            ["From"] = "whatsapp:+447700900123",
            ["Body"] = "Buy milk 🥛 & bread",
            ["AccountSid"] = "AC0",
        };

        Assert.True(validator.Validate("https://pa.example.com/api/webhooks/twilio?secret=s3cr3t", form, "ORyhFhIl4hj8oAVPdNN0tEp6l3Q="));
    }

    [Fact]
    public void The_portless_url_is_valid_under_the_signature_with_the_default_port() =>
        Assert.True(validator.Validate("https://mycompany.com/myapp.php?foo=1&bar=2", Call, "kvajT1Ptam85bY51eRf/AJRuM3w="));

    [Fact]
    public void The_url_with_the_default_port_is_not_valid_under_the_portless_signature() =>
        Assert.False(validator.Validate("https://mycompany.com:443/myapp.php?foo=1&bar=2", Call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));

    [Fact]
    public void Another_port_may_be_left_out_of_what_was_signed() =>
        Assert.True(validator.Validate("https://mycompany.com:8443/myapp.php?foo=1&bar=2", Call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));

    [Fact]
    public void Another_token_is_not_valid() =>
        Assert.False(new RequestValidator("54321").Validate(Url, Call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));

    [Theory]
    [InlineData("Digits", "1235")]
    [InlineData("Extra", "")]
    public void A_changed_or_added_field_is_not_valid(string name, string value) =>
        Assert.False(validator.Validate(Url, new Dictionary<string, string>(Call) { [name] = value }, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));

    [Fact]
    public void A_form_may_come_as_a_collection()
    {
        var form = new NameValueCollection();
        foreach (var (name, value) in Call)
            form.Add(name, value);

        Assert.True(validator.Validate(Url, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    }

    [Theory]
    [InlineData("", "signature")]
    [InlineData(Url, "")]
    [InlineData(Url, null)]
    public void A_missing_url_or_signature_throws(string url, string? signature)
    {
        Assert.ThrowsAny<ArgumentException>(() => validator.Validate(url, Call, signature!));
        Assert.ThrowsAny<ArgumentException>(() => validator.Validate(url, "body", signature!));
    }
}
