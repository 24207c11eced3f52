using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_keys_are_rotated(When_keys_are_rotated.Rotating app) : AppTest<When_keys_are_rotated.Rotating>(app)
{
    [Fact]
    public async Task Both_tokens_and_both_secrets_verify()
    {
        foreach (var token in (string?[])[null, "next-token"])
            foreach (var secret in (string?[])[null, "next-secret-0123456789"])
                Assert.Equal(200, (await App.PostAsync(App.Form("buy milk"), new Tamper { AuthToken = token, Secret = secret })).Status);
    }

    [Fact]
    public async Task A_third_one_does_not() =>
        Assert.Equal(401, (await App.PostAsync(App.Form("buy milk"), new Tamper { AuthToken = "third" })).Status);

    [Theory]
    [InlineData("https://pa.example.com")]
    [InlineData("https://pa.example.com:443")]
    public async Task The_public_address_is_signed_with_or_without_its_default_port(string address)
    {
        var form = App.Form("buy milk");
        var signed = $"{address}/api/webhooks/twilio?secret={Uri.EscapeDataString(App.Secret)}";

        Assert.Equal(200, (await App.PostAsync(form, new Tamper { SignedUrl = signed })).Status);
    }

    [Theory]
    [InlineData("http://pa.example.com")]
    [InlineData("https://pa.example.com:8443")]
    [InlineData("https://evil.example.com")]
    public async Task Another_address_is_not(string address)
    {
        var signed = $"{address}/api/webhooks/twilio?secret={Uri.EscapeDataString(App.Secret)}";

        Assert.Equal(401, (await App.PostAsync(App.Form("buy milk"), new Tamper { SignedUrl = signed })).Status);
    }

    public sealed class Rotating(TestEnvironment environment) : FamilyPaApp(environment)
    {
        public string Secret { get; private set; } = "";

        protected override void Configure(IDictionary<string, string?> settings)
        {
            Secret = settings[AppSettings.WebhookSharedSecret]!;
            settings["TWILIO_AUTH_TOKEN_NEXT"] = "next-token";
            settings["WEBHOOK_SHARED_SECRET_NEXT"] = "next-secret-0123456789";
            settings["PUBLIC_BASE_URL"] = "https://pa.example.com:443";
        }
    }
}
