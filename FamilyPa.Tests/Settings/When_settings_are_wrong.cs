using FamilyPa.Core;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Settings;

public class When_settings_are_wrong
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["POSTGRES_CONNECTION_STRING"] = "postgresql://familypa_app:pw@127.0.0.1:5432/familypa?sslmode=disable",
        ["TWILIO_ACCOUNT_SID"] = "AC0",
        ["TWILIO_AUTH_TOKEN"] = "token",
        ["WEBHOOK_SHARED_SECRET"] = "0123456789abcdef",
        ["PUBLIC_BASE_URL"] = "https://pa.example.com",
        ["AZURE_OPENAI_ENDPOINT"] = "http://127.0.0.1:9999",
        ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = "chat",
        ["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = "transcription",
        ["SESSION_SIGNING_KEY"] = "0123456789abcdef0123456789abcdef",
    };

    [Fact]
    public void Good_ones_pass() => Assert.Equal("AC0", Read(Good).TwilioAccountSid);

    [Fact]
    public void Everything_wrong_is_named_in_one_message()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read([]));

        var message = Assert.Single(error.Failures);
        Assert.All(Good.Keys, key => Assert.Contains(key, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("WEBHOOK_SHARED_SECRET", "@Microsoft.KeyVault(SecretUri=https://hunter2)")]
    [InlineData("TWILIO_AUTH_TOKEN_NEXT", "<hunter2>")]
    [InlineData("PUBLIC_BASE_URL", "http://pa.example.com/hunter2")]
    [InlineData("TWILIO_API_BASE_URL", "ftp://hunter2")]
    [InlineData("TWILIO_MEDIA_HOSTS", "cdn.example.com, https://hunter2")]
    [InlineData("TWILIO_MEDIA_HOSTS", "hunter2@cdn.example.com")]
    [InlineData("AZURE_OPENAI_ENDPOINT", "hunter2")]
    [InlineData("AZURE_OPENAI_TRANSCRIPTION_SHAPE", "hunter2")]
    [InlineData("SESSION_SIGNING_KEY", "hunter2-hunter2-hunter2-hunter2")]
    [InlineData("SESSION_SIGNING_KEY", "@Microsoft.KeyVault(VaultName=hunter2;SecretName=session-signing-key)")]
    [InlineData("SESSION_SIGNING_KEY_NEXT", "hunter2")]
    [InlineData("OPERATOR_AUTHORITY", "http://login.example.com/hunter2")]
    [InlineData("OPERATOR_AUTHORITY", null, "OPERATOR_TOKENS_ONLY", "true")]
    [InlineData("OPERATOR_AUDIENCE", null, "OPERATOR_AUTHORITY", "https://login.example.com/hunter2")]
    [InlineData("OIDC_AUTHORITY", "http://login.example.com/hunter2")]
    [InlineData("OIDC_AUDIENCE", null, "OIDC_AUTHORITY", "https://login.example.com/hunter2")]
    [InlineData("POSTGRES_CONNECTION_STRING", "hunter2")]
    public void A_wrong_one_is_named_and_its_value_is_not(string key, string? value, string? beside = null, string? besideValue = null)
    {
        var settings = new Dictionary<string, string?>(Good) { [key] = value };
        if (beside is not null)
            settings[beside] = besideValue;

        var error = Assert.Throws<OptionsValidationException>(() => Read(settings));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SenderPerMinute", "0")]
    [InlineData("DailyCostPerFamilyUsd", "-1")]
    [InlineData("MaxConcurrentJobs", "1001")]
    [InlineData("MaxAudioMinutes", "24")]
    [InlineData("MaxMediaMegabytes", "27")]
    public void A_limit_that_limits_nothing_or_everything_is_refused(string limit, string value) =>
        Assert.Throws<OptionsValidationException>(() => Read<LimitSettings>(new(Good) { [$"Limits:{limit}"] = value }));

    private static AppSettings Read(Dictionary<string, string?> values) => Read<AppSettings>(values);

    private static T Read<T>(Dictionary<string, string?> values)
        where T : class
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSettings(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<T>>().Value;
    }
}
