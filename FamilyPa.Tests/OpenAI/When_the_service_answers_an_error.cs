using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using Azure.AI.OpenAI;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;

namespace FamilyPa.Tests.OpenAI;

public sealed class When_the_service_answers_an_error
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, """{"error":{"message":"Audio file might be corrupted or unsupported","param":"file","code":"invalid_value"}}""", "unsupported_audio")]
    [InlineData(400, """{"error":{"message":"Whatever it is","param":"file","code":null}}""", "unsupported_audio")]
    [InlineData(400, """{"error":{"message":"Unsupported file format amr. Supported formats: ['mp3']","param":null,"code":"unsupported_value"}}""", "unsupported_audio")]
    [InlineData(400, """{"error":{"message":"This recording could not be decoded"}}""", "unsupported_audio")]
    [InlineData(400, """{"error":{"message":"Audio file is too short. Minimum audio length is 0.1 seconds.","param":null,"code":"invalid_value"}}""", "audio_too_short")]
    [InlineData(400, """{"error":{"message":"audio duration 1500.0 seconds is longer than 1400 seconds which is the maximum for this model","param":null}}""", "audio_too_long")]
    [InlineData(413, "too much", "media_too_large")]
    public async Task A_complaint_about_the_recording_is_the_recordings(int status, string body, string reason)
    {
        var error = await AnswerAsync(status, body);

        Assert.Equal((ErrorMeaning.Recording, reason), (ServiceError.Of(error).Meaning, ServiceError.Of(error).RecordingReason));
        Assert.False(FailureClassifier.Classify(error).IsFault);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","param":"max_tokens","code":"unsupported_parameter"}}""", "max_tokens")]
    [InlineData("""{"error":{"message":"'temperature' does not support 0","param":"temperature","code":"unsupported_value"}}""", "temperature")]
    [InlineData("""{"error":{"message":"response_format 'verbose_json' is not compatible with the audio model","param":"response_format","code":"unsupported_value"}}""", "response_format")]
    [InlineData("""{"error":{"message":"The parameter response_format is not known","param":null,"code":"unsupported_parameter"}}""", null)]
    public async Task A_parameter_that_is_not_supported_is_our_fault_and_costs_nothing(string body, string? parameter)
    {
        var error = await AnswerAsync(400, body);

        Assert.Equal((ErrorMeaning.OurRequest, parameter), (ServiceError.Of(error).Meaning, ServiceError.Of(error).Parameter));
        Assert.Equal(new ServiceFailure(true, false, true, null), FailureClassifier.Classify(error));
    }

    [Theory]
    [InlineData(410, """{"error":{"code":"ModelDeprecated","message":"The model has been retired"}}""")]
    [InlineData(410, "")]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""")]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""")]
    public async Task A_model_that_is_not_there_opens_the_breaker_at_once(int status, string body) =>
        Assert.Equal(new ServiceFailure(true, false, true, null, IsGone: true), FailureClassifier.Classify(await AnswerAsync(status, body)));

    [Fact]
    public async Task A_filtered_prompt_is_what_a_member_wrote() => Assert.Equal(
        ErrorMeaning.Filtered,
        ServiceError.Of(await AnswerAsync(400, """{"error":{"message":"The prompt was stopped.","param":"prompt","code":"content_filter"}}""")).Meaning);

    [Theory]
    [InlineData("""{"error":{"message":"Your input exceeds the context window of this model.","param":"input","code":"context_length_exceeded"}}""", ErrorMeaning.TooLong)]
    [InlineData("""{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"BadRequest"}}""", ErrorMeaning.TooLong)]
    [InlineData("""{"error":{"message":"You uploaded an unsupported image. Please make sure your image is valid.","param":null,"code":"image_parse_error"}}""", ErrorMeaning.Picture)]
    [InlineData("""{"error":{"message":"Invalid image data.","code":"BadRequest"}}""", ErrorMeaning.Picture)]
    [InlineData("""{"error":{"message":"Image input is not supported by this model.","code":"BadRequest"}}""", ErrorMeaning.Other)]
    public async Task A_message_that_is_too_long_and_a_picture_that_cannot_be_read_are_the_messages_fault(string body, object meaning) =>
        Assert.Equal(meaning, ServiceError.Of(await AnswerAsync(400, body)).Meaning);

    [Theory]
    [InlineData("""{"error":{"message":"Invalid language 'xx'.","param":"language","code":"invalid_value"}}""")]
    [InlineData("<html>Bad request</html>")]
    [InlineData("[]")]
    public async Task Any_other_400_is_neither(string body)
    {
        var error = await AnswerAsync(400, body);

        Assert.Equal(ErrorMeaning.Other, ServiceError.Of(error).Meaning);
        Assert.Equal(new ServiceFailure(false, true, false, null, IsFinal: true), FailureClassifier.Classify(error));
    }

    [Theory]
    [InlineData("12", "25000", 25.0)]
    [InlineData(null, "25000", 25.0)]
    [InlineData("25", "nonsense", 25.0)]
    [InlineData("25", null, 25.0)]
    [InlineData("25", "3000", null)]
    [InlineData("5", null, null)]
    public async Task A_wait_in_milliseconds_counts_before_one_in_seconds(string? seconds, string? milliseconds, double? wait)
    {
        var error = await AnswerAsync(429, "{}", ("Retry-After", seconds), ("retry-after-ms", milliseconds));

        Assert.Equal(wait, FailureClassifier.Classify(error).Wait?.TotalSeconds);
    }

    private static async Task<ClientResultException> AnswerAsync(int status, string body, params (string Name, string? Value)[] headers)
    {
        using var http = new HttpClient(new Answering(status, body, headers));
        var options = new AzureOpenAIClientOptions { Transport = new HttpClientPipelineTransport(http), RetryPolicy = new ClientRetryPolicy(0) };
        var chat = new AzureOpenAIClient(new Uri("https://oai.example"), new ApiKeyCredential("key"), options).GetChatClient("chat");
        return await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync(["hi"], cancellationToken: Cancellation));
    }

    private sealed class Answering(int status, string body, (string Name, string? Value)[] headers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
            foreach (var (name, value) in headers.Where(header => header.Value is not null))
                response.Headers.TryAddWithoutValidation(name, value);
            return Task.FromResult(response);
        }
    }
}
