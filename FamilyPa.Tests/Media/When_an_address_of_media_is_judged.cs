using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Media;

public sealed class When_an_address_of_media_is_judged
{
    private const string Sid = "MM00000000000000000000000000000001";
    private const string Media = "ME00000000000000000000000000000002";
    private const string Path = $"/2010-04-01/Accounts/AC0/Messages/{Sid}/Media/{Media}";

    private static readonly TwilioMediaOrigins Twilio = Origins("https://api.twilio.com", null);
    private static readonly TwilioMediaOrigins Local = Origins("http://127.0.0.1:4010/", "127.0.0.1:4011, cdn.example.com, other.example.com:8443");

    [Fact]
    public void Twilios_API_gets_our_credentials_for_an_attachment_of_this_message() => Assert.True(Twilio.IsMedia("https://api.twilio.com" + Path, Sid, out _));

    [Theory]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/MM00000000000000000000000000000009/Media/{Media}")]
    [InlineData($"/2010-04-01/Accounts/AC1/Messages/{Sid}/Media/{Media}")]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/{Sid}/Media/../../MM00000000000000000000000000000009/Media/{Media}")]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/{Sid}/Media/%2e%2e/{Media}")]
    [InlineData(Path + "/..")]
    [InlineData(Path + ".json")]
    [InlineData(Path + "?x=1")]
    [InlineData(Path + "#x")]
    [InlineData(Path + "/")]
    [InlineData(Path + "\n")]
    [InlineData(Path + "0")]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/{Sid}/Media/ME0000000000000000000000000000000G")]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/{Sid}/Media/")]
    [InlineData($"/2010-04-01/Accounts/AC0/Messages/{Sid}.json")]
    [InlineData("/2010-04-01/Accounts/AC0/Calls.json")]
    public void No_other_path_of_the_API_does(string path) => Assert.False(Twilio.IsMedia("https://api.twilio.com" + path, Sid, out _));

    [Theory]
    [InlineData("http://api.twilio.com" + Path)]
    [InlineData("https://api.twilio.com:8443" + Path)]
    [InlineData("https://api.twilio.com.example.com" + Path)]
    [InlineData("https://api.twilio.com@example.com" + Path)]
    [InlineData("https://user:pw@api.twilio.com" + Path)]
    [InlineData(@"https://api.twilio.com\@example.com" + Path)]
    [InlineData("https://example.com#@api.twilio.com" + Path)]
    [InlineData("https://mms.twiliocdn.com" + Path)]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://0xA9FEA9FE/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//api.twilio.com" + Path)]
    [InlineData("/etc/passwd")]
    [InlineData("gopher://api.twilio.com" + Path)]
    [InlineData("")]
    [InlineData("https://")]
    public void Nothing_else_does(string url)
    {
        Assert.False(Twilio.IsMedia(url, Sid, out _));
        Assert.False(Local.IsMedia(url, Sid, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:4011" + Path)]
    [InlineData("http://localhost:4010" + Path)]
    [InlineData("http://127.1:4010" + Path)]
    [InlineData("http://2130706433:4010" + Path)]
    [InlineData("http://0x7f.1:4010" + Path)]
    [InlineData("http://[::1]:4010" + Path)]
    [InlineData("http://[::ffff:127.0.0.1]:4010" + Path)]
    [InlineData("http://0.0.0.0:4010" + Path)]
    [InlineData("https://127.0.0.1:4010" + Path)]
    public void Another_spelling_of_the_same_machine_does_not(string url) => Assert.False(Local.IsMedia(url, Sid, out _));

    [Theory]
    [InlineData("https://mms.twiliocdn.com/AC0/1?Expires=1")]
    [InlineData("https://media.twiliocdn.com/AC0/1")]
    [InlineData("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC0/1")]
    [InlineData("https://api.twilio.com/elsewhere")]
    public void A_redirect_is_followed_to_where_Twilio_keeps_media(string url) => Assert.True(Twilio.MayFollow(new Uri(url)));

    [Theory]
    [InlineData("http://mms.twiliocdn.com/AC0/1")]
    [InlineData("https://mms.twiliocdn.com:8443/AC0/1")]
    [InlineData("https://user@mms.twiliocdn.com/AC0/1")]
    [InlineData("https://evil.twiliocdn.com/AC0/1")]
    [InlineData("https://s3-external-1.amazonaws.com/another-bucket/1")]
    [InlineData("https://s3-external-1.amazonaws.com/media.twiliocdn.com/../another-bucket/1")]
    [InlineData("https://s3-external-1.amazonaws.com/media.twiliocdn.com.evil/1")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    public void And_nowhere_else(string url) => Assert.False(Twilio.MayFollow(new Uri(url)));

    [Fact]
    public void Hosts_of_a_test_set_up_can_be_named()
    {
        Assert.True(Local.MayFollow(new Uri("http://127.0.0.1:4011/x")));
        Assert.True(Local.MayFollow(new Uri("https://cdn.example.com/x")));
        Assert.True(Local.MayFollow(new Uri("https://other.example.com:8443/x")));
        Assert.False(Local.MayFollow(new Uri("http://cdn.example.com/x")));
        Assert.False(Local.MayFollow(new Uri("https://other.example.com/x")));
        Assert.False(Local.MayFollow(new Uri("http://127.0.0.1:4012/x")));
    }

    private static TwilioMediaOrigins Origins(string api, string? hosts) =>
        new(Options.Create(new AppSettings { TwilioAccountSid = "AC0", TwilioApiBaseUrl = api, TwilioMediaHosts = hosts }));
}
