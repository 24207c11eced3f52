using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_a_secret_is_wrong
{
    [Theory]
    [InlineData("?secret=wrong")]
    [InlineData("?secret=s3cr3t&secret=s3cr3t")]
    [InlineData("")]
    public async Task The_request_is_refused_before_its_body_is_read(string query)
    {
        var settings = Options.Create(new AppSettings { WebhookSharedSecret = "s3cr3t", TwilioAuthToken = "token", TwilioAccountSid = "AC0", PublicBaseUrl = "https://pa.example.com" });
        var guard = new TwilioGuard(new SharedSecret(settings), new TwilioRequestValidator(settings), new FormGrammar(new TwilioMediaOrigins(settings)), settings);
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.QueryString = new QueryString(query);
        request.ContentType = "application/x-www-form-urlencoded";
        request.ContentLength = 1_000_000;
        await using var body = new UnreadBody();
        request.Body = body;

        var (_, refusal) = await guard.VerifyAsync(request, [], TestContext.Current.CancellationToken);

        Assert.Equal(new Refusal(401, "bad_secret"), refusal);
    }

    private sealed class UnreadBody : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The body was read.");
    }
}
