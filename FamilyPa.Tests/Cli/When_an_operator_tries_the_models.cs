using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Pipeline;

namespace FamilyPa.Tests.Cli;

public sealed class When_an_operator_tries_the_models(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("chat-fallback", "transcription-fallback", "gpt-4o-transcribe")]
    public async Task Each_is_asked_as_the_app_does_and_its_latency_and_cost_shown(string? chat, string? transcription, string? shape)
    {
        var result = await SmokeAsync(chat, transcription, shape, "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        var checks = result.Json.EnumerateArray().ToList();
        Assert.Equal(["text", "recording", "picture"], checks.Select(check => check.GetProperty("check").GetString()));
        Assert.All(checks, check => Assert.True(check.GetProperty("cost_usd").GetDecimal() > 0 && check.GetProperty("latency_ms").GetInt64() > 0));
    }

    [Fact]
    public async Task One_that_is_gone_is_named_with_its_cause()
    {
        var result = await SmokeAsync(null, "whisper", null);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("recording failed: deployment whisper, ai_http_410", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"text +\S* *chat .* ok", result.Output);
    }

    [Fact]
    public async Task One_that_answers_wrong_fails_it()
    {
        using var wrong = App.OpenAI.RespondTranscription(_ => true, "something else");

        var result = await SmokeAsync(null, null, null);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the answer lacks “milk”, “dentist”: something else", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_endpoint_it_says_what_is_missing()
    {
        var result = await App.FamilypaAsync("smoke");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("AZURE_OPENAI_ENDPOINT", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> SmokeAsync(string? chat, string? transcription, string? shape, params string[] options) => App.FamilypaAsync(
        new Dictionary<string, string?>
        {
            ["AZURE_OPENAI_ENDPOINT"] = App.OpenAI.BaseUrl,
            ["AZURE_OPENAI_API_KEY"] = new AzureOpenAISimulatorOptions().ApiKey,
            ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = chat,
            ["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = transcription,
            ["AZURE_OPENAI_TRANSCRIPTION_SHAPE"] = shape,
        },
        ["smoke", .. options]);
}
