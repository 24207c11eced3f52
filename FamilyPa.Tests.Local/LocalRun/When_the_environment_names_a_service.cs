using FamilyPa.Local.App;
using FamilyPa.Local.Running;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_the_environment_names_a_service
{
    [Fact]
    public void Without_settings_everything_runs_locally()
    {
        var outside = With();

        Assert.False(outside.HasTwilio);
        Assert.False(outside.HasOpenAI);
        Assert.Null(outside.Postgres);
        Assert.Null(outside.Storage);
        Assert.True(outside.NeedsNodePackages);
    }

    [Theory]
    [InlineData(true, "TWILIO_API_BASE_URL")]
    [InlineData(true, "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")]
    [InlineData(false, "TWILIO_AUTH_TOKEN")]
    [InlineData(false, "TWILIO_ACCOUNT_SID", "WEBHOOK_SHARED_SECRET")]
    public void Twilio_is_outside_where_there_is_an_address_or_an_account_with_its_key(bool outside, params string[] given) =>
        Assert.Equal(outside, With(given).HasTwilio);

    [Fact]
    public void Npm_is_not_needed_where_everything_is_outside()
    {
        Assert.False(With("POSTGRES_CONNECTION_STRING", "AzureWebJobsStorage", "AZURE_OPENAI_ENDPOINT").NeedsNodePackages);
        Assert.True(With("POSTGRES_CONNECTION_STRING", "AzureWebJobsStorage").NeedsNodePackages);
    }

    [Fact]
    public void Its_settings_win_over_ours()
    {
        var defaults = new Dictionary<string, string?> { [AppSettings.ChatDeployment] = "chat", [AppSettings.SessionSigningKey] = "ours" };

        var started = With(AppSettings.ChatDeployment).Over(defaults);

        // The app inherits the environment, so the setting must not be set again.
        Assert.Equal([AppSettings.SessionSigningKey], started.Keys);
    }

    private static Outside With(params string[] given) => new(name => given.Contains(name) ? "given" : null);
}
