using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Core.Extraction;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using ImageMagick;
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
        Assert.Equal("gpt-6-luna-2026-09-22", completion.Model);
        Assert.NotEmpty(completion.SystemFingerprint);
        Assert.Equal(completion.Usage.TotalTokenCount, completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
        Assert.Equal((1, (long)completion.Usage.InputTokenCount, (long)completion.Usage.OutputTokenCount),
            (simulator.Billed.ChatCalls, simulator.Billed.PromptTokens, simulator.Billed.CompletionTokens));
    }

    [Fact]
    public async Task The_apps_own_strict_schema_is_accepted()
    {
        var completion = await KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage("hi")], Strict(ExtractionSchema.For([], 0, 0)), TestContext.Current.CancellationToken);

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

    [Theory]
    [InlineData("none", 10, "length", 10, 0)]
    [InlineData("medium", 100, "length", 100, 100)]
    [InlineData(null, 100, "length", 100, 100)]
    [InlineData(null, 2000, "stop", 700, 600)]
    public async Task Reasoning_comes_out_of_the_tokens_allowed_before_the_answer(string? effort, int allowed, string reason, int tokens, int reasoning)
    {
        simulator.Respond(_ => true, string.Join(' ', Enumerable.Repeat("word", 100)));

        var (status, json) = await PostAsync("chat", new { messages = Hi, reasoning_effort = effort, max_completion_tokens = allowed });

        Assert.Equal((200, reason), (status, json.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        Assert.Equal(tokens == reasoning, json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!.Length == 0);
        Assert.Equal(
            (tokens, reasoning),
            (json.GetProperty("usage").GetProperty("completion_tokens").GetInt32(),
                json.GetProperty("usage").GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32()));
    }

    public static TheoryData<object, string, string> Refused => new()
    {
        { new { messages = Hi, reasoning_effort = "none", max_tokens = 100 }, "unsupported_parameter", "max_tokens" },
        { new { messages = Hi, temperature = 0 }, "unsupported_value", "temperature" },
        { new { messages = Hi, reasoning_effort = "low", top_p = 0.5 }, "unsupported_value", "top_p" },
        { new { messages = Hi, frequency_penalty = 1 }, "unsupported_value", "frequency_penalty" },
        { new { messages = Hi, logprobs = true }, "unsupported_value", "logprobs" },
        { new { messages = Hi, reasoning_effort = "minimal" }, "unsupported_value", "reasoning_effort" },
        { new { messages = Hi, reasoning_effort = "max" }, "unsupported_value", "reasoning_effort" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task A_parameter_that_the_models_do_not_take_is_refused(object request, string code, string parameter)
    {
        foreach (var deployment in (string[])["chat", "chat-fallback"])
        {
            var (status, json) = await PostAsync(deployment, request);

            Assert.Equal(
                (400, code, parameter),
                (status, json.GetProperty("error").GetProperty("code").GetString(), json.GetProperty("error").GetProperty("param").GetString()));
        }
    }

    [Fact]
    public async Task What_only_reasoning_forbids_is_taken_without_it() =>
        Assert.Equal(200, (await PostAsync("chat", new { messages = Hi, reasoning_effort = "none", temperature = 0, top_p = 0.5, max_completion_tokens = 10 })).Status);

    [Theory]
    [InlineData("low", 308)]
    [InlineData("high", 3000)]
    [InlineData(null, 19661)]
    public async Task A_picture_costs_by_its_patches_up_to_what_its_detail_allows(string? detail, int tokens)
    {
        using var image = new MagickImage(MagickColors.White, 4096, 4096);

        var (status, json) = await ShowAsync(image.ToByteArray(MagickFormat.Png), detail);

        Assert.Equal((200, tokens), (status, json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("huge", "invalid_value")]
    [InlineData("high", "invalid_image_format")]
    public async Task A_picture_or_a_detail_that_the_service_does_not_know_is_refused(string detail, string code)
    {
        var (status, json) = await ShowAsync("II*\0, a TIFF"u8.ToArray(), detail);

        Assert.Equal((400, code), (status, json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("chat", "wrong", 401)]
    [InlineData("nowhere", null, 404)]
    [InlineData("gpt-4.1-mini", null, 410)]
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

    private static readonly object[] Hi = [new { role = "user", content = "hi" }];

    private Task<(int Status, JsonElement Json)> ShowAsync(byte[] picture, string? detail)
    {
        object[] content = [new { type = "image_url", image_url = new { url = $"data:image/png;base64,{Convert.ToBase64String(picture)}", detail } }];
        return PostAsync("chat", new { messages = new[] { new { role = "user", content } }, reasoning_effort = "none" });
    }

    private async Task<(int Status, JsonElement Json)> PostAsync(string deployment, object request)
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator.BaseUrl) };
        http.DefaultRequestHeaders.Add("api-key", new AzureOpenAISimulatorOptions().ApiKey);
        using var answer = await http.PostAsJsonAsync(
            $"/openai/deployments/{deployment}/chat/completions?api-version=2025-04-01-preview", request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    private static ChatCompletionOptions Strict(BinaryData schema) =>
        new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(ExtractionSchema.Name, schema, jsonSchemaIsStrict: true) };
}
