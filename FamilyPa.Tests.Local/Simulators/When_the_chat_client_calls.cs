using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Core.Extraction;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using OpenAI.Chat;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_the_chat_client_calls : IAsyncLifetime
{
    private const string Path = "/openai/deployments/chat/chat/completions";
    private AzureOpenAISimulator simulator = null!;

    public async ValueTask InitializeAsync()
    {
        simulator = await AzureOpenAISimulator.StartAsync();
        simulator.Respond(_ => true, """{"tasks":[],"clarifying_question":null,"language":"en"}""");
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task A_scripted_answer_comes_back_with_its_bill()
    {
        simulator.Respond(request => request.UserMessage == "the secret word", "sesame");

        var completion = (await KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage("the secret word")])).Value;

        Assert.Equal("sesame", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal("gpt-4o-mini-2024-07-18", completion.Model);
        Assert.NotEmpty(completion.SystemFingerprint);
        Assert.Equal(completion.Usage.TotalTokenCount, completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
        Assert.Equal((1, (long)completion.Usage.InputTokenCount, (long)completion.Usage.OutputTokenCount),
            (simulator.Billed.ChatCalls, simulator.Billed.PromptTokens, simulator.Billed.CompletionTokens));
    }

    [Fact]
    public async Task The_apps_own_strict_schema_is_accepted()
    {
        var completion = await KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage("hi")], Strict(ExtractionSchema.For([], 0)), TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinishReason.Stop, completion.Value.FinishReason);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""", "additionalProperties")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}},"required":[]}""", "required")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","maxLength":5}},"required":["a"]}""", "maxLength")]
    public async Task A_schema_that_the_service_would_refuse_is_refused(string schema, string why)
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage("hi")], Strict(BinaryData.FromString(schema)), TestContext.Current.CancellationToken));

        Assert.Equal(400, refused.Status);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_stops_at_the_tokens_allowed()
    {
        simulator.Respond(_ => true, string.Join(' ', Enumerable.Repeat("word", 100)));

        var completion = (await KeylessModel.ChatOf(simulator).CompleteChatAsync(
            [new UserChatMessage("hi")], new ChatCompletionOptions { MaxOutputTokenCount = 10 }, TestContext.Current.CancellationToken)).Value;

        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        Assert.Equal(10, completion.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("chat", "wrong", 401)]
    [InlineData("nowhere", null, 404)]
    [InlineData("transcription", null, 400)]
    public async Task A_wrong_key_or_deployment_is_an_error_of_its_own(string deployment, string? key, int status)
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            KeylessModel.ChatOf(simulator, deployment, key).CompleteChatAsync([new UserChatMessage("hi")]));

        Assert.Equal(status, refused.Status);
        Assert.Equal(0, simulator.Billed.ChatCalls);
    }

    [Fact]
    public async Task A_bearer_token_is_as_good_as_a_key()
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator.BaseUrl) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "a-token-of-a-managed-identity");

        using var answer = await http.PostAsJsonAsync($"{Path}?api-version=2024-10-21", new { messages = new[] { new { role = "user", content = "hi" } } },
            TestContext.Current.CancellationToken);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.GetValues("apim-request-id"));
        var choice = json.GetProperty("choices")[0];
        Assert.Equal("safe", choice.GetProperty("content_filter_results").GetProperty("self_harm").GetProperty("severity").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("refusal").ValueKind);
        Assert.False(json.GetProperty("prompt_filter_results")[0].GetProperty("content_filter_results").GetProperty("jailbreak").GetProperty("detected").GetBoolean());
        Assert.StartsWith("chatcmpl-", json.GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_is_recorded_without_its_key()
    {
        await KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage("remember me")]);

        var request = Assert.Single(simulator.Requests);
        Assert.Equal(("chat", Path, "api-key"), (request.Operation, request.Path, request.Credential));
        Assert.Contains("remember me", request.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(request.Headers.Values, value => value.Contains(new AzureOpenAISimulatorOptions().ApiKey, StringComparison.Ordinal));
    }

    private static ChatCompletionOptions Strict(BinaryData schema) =>
        new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(ExtractionSchema.Name, schema, jsonSchemaIsStrict: true) };
}
