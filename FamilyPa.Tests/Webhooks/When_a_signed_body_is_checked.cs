using Twilio.Security;

namespace FamilyPa.Tests.Webhooks;

public class When_a_signed_body_is_checked
{
    private const string Hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=" + Hash;
    private const string Body = """{"property": "value", "boolean": true}""";
    private const string Signature = "a9nBmqA0ju/hNViExpshrM61xv4=";

    private readonly RequestValidator validator = new("12345");

    [Fact]
    public void The_signed_url_and_the_hash_of_the_body_must_agree() => Assert.True(validator.Validate(Url, Body, Signature));

    [Fact]
    public void Another_body_is_not_valid() => Assert.False(validator.Validate(Url, Body + " ", Signature));

    [Fact]
    public void Another_signature_is_not_valid() => Assert.False(validator.Validate(Url, Body, "a9nBmqA0ju/hNViExpshrM61xv5="));

    [Fact]
    public void The_hash_can_be_checked_alone()
    {
        Assert.True(RequestValidator.ValidateBody(Body, Hash));
        Assert.False(RequestValidator.ValidateBody(Body, Hash.ToUpperInvariant()));
        Assert.False(RequestValidator.ValidateBody(Body, ""));
    }

    [Fact]
    public void A_hash_without_value_throws() =>
        Assert.Throws<IndexOutOfRangeException>(() => validator.Validate("https://mycompany.com/myapp.php?bodySHA256", Body, Signature));

    [Fact]
    public void What_is_no_url_throws() => Assert.Throws<UriFormatException>(() => validator.Validate("myapp.php", Body, Signature));
}
