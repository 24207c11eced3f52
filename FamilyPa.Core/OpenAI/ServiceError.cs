using System.ClientModel;
using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.OpenAI;

/// <summary>Classifies an error response of Azure OpenAI by who must act.</summary>
internal enum ErrorMeaning
{
    /// <summary>The deployment does not exist, or its model is retired: the operator has to name another one.</summary>
    Gone,

    /// <summary>The model does not know a parameter, or a value of one, that we send: a defect of ours, or a model that the app does not fit.</summary>
    OurRequest,

    /// <summary>The recording that was sent.</summary>
    Recording,

    /// <summary>A picture that was sent.</summary>
    Picture,

    /// <summary>The content filter stopped what a member wrote.</summary>
    Filtered,

    /// <summary>The message is longer than the model can read.</summary>
    TooLong,

    /// <summary>Everything that the status alone explains.</summary>
    Other,
}

/// <summary>An error answer, <c>{"error":{"code","param","message"}}</c>. Its message may repeat what a member said, so it is read and never kept.</summary>
/// <param name="Parameter">The request's parameter that the service complains of.</param>
/// <param name="RecordingReason">The job's reason, if it was a recording that was sent.</param>
internal sealed partial record ServiceError(string? Parameter, ErrorMeaning Meaning, string? RecordingReason)
{
    private const int LongestName = 40;

    public static ServiceError Of(ClientResultException error)
    {
        var (code, parameter, message) = Read(error);
        var (meaning, reason) = error.Status switch
        {
            404 or 410 => (ErrorMeaning.Gone, null),
            413 => (ErrorMeaning.Recording, "media_too_large"),
            400 or 415 or 422 => Of(code, parameter, message),
            _ => (ErrorMeaning.Other, (string?)null),
        };
        return new ServiceError(Name(parameter), meaning, reason);
    }

    /// <summary>Logs what only an operator can mend, with the deployment that it is about.</summary>
    public static void Report(ILogger log, ClientResultException error, string deployment)
    {
        var answer = Of(error);
        if (answer.Meaning == ErrorMeaning.Gone)
            log.ModelGone(deployment, ErrorCode.Of(error));
        else if (answer.Meaning == ErrorMeaning.OurRequest)
            log.ModelRequestRefused(deployment, answer.Parameter, ErrorCode.Of(error));
    }

    /// <summary>An error about another parameter is never about the recording.</summary>
    private static (ErrorMeaning Meaning, string? Reason) Of(string? code, string? parameter, string message)
    {
        if (code == "content_filter" || code?.EndsWith("content_policy_violation", StringComparison.Ordinal) is true)
            return (ErrorMeaning.Filtered, null);
        if (code is "context_length_exceeded" or "string_above_max_length" || AboutLength().IsMatch(message))
            return (ErrorMeaning.TooLong, "audio_too_long");
        if (code?.Contains("image", StringComparison.Ordinal) is true || AboutPicture().IsMatch(message))
            return (ErrorMeaning.Picture, null);
        var isUnsupported = code is "unsupported_parameter" or "unsupported_value" or "unknown_parameter";
        if (parameter is not (null or "" or "file"))
            return (isUnsupported ? ErrorMeaning.OurRequest : ErrorMeaning.Other, null);
        if (parameter == "file" || (code != "unsupported_parameter" && AboutRecording().IsMatch(message) && !AboutParameter().IsMatch(message)))
            return (ErrorMeaning.Recording, TooShort().IsMatch(message) ? "audio_too_short" : TooLong().IsMatch(message) ? "audio_too_long" : "unsupported_audio");
        return (isUnsupported || AboutParameter().IsMatch(message) ? ErrorMeaning.OurRequest : ErrorMeaning.Other, null);
    }

    private static (string? Code, string? Parameter, string Message) Read(ClientResultException error)
    {
        try
        {
            if (error.GetRawResponse()?.Content is not { } content)
                return (null, null, "");
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var body) && body.ValueKind == JsonValueKind.Object
                ? (Text(body, "code"), Text(body, "param"), Text(body, "message") ?? "")
                : (null, null, "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, null, "");
        }
    }

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Fit for a log: a name and nothing else.</summary>
    private static string? Name(string? parameter) => parameter is { Length: > 0 and <= LongestName } && ParameterName().IsMatch(parameter) ? parameter : null;

    [GeneratedRegex(@"^[a-z][a-z_.\[\]]*$")]
    private static partial Regex ParameterName();

    // Words, since services and gateways in front of them say it differently: "Audio file is too short", "duration 1900 seconds is longer than …".
    [GeneratedRegex(@"\b(audio|recording|sound|clip|file|media|duration|format|codec|decod\w*|corrupt\w*)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AboutRecording();

    [GeneratedRegex(@"\bmaximum context length\b", RegexOptions.IgnoreCase)]
    private static partial Regex AboutLength();

    [GeneratedRegex(@"\b(invalid|unsupported) image\b|\bimage data\b", RegexOptions.IgnoreCase)]
    private static partial Regex AboutPicture();

    [GeneratedRegex(@"\b(response.?format|parameter|timestamp_granularities|chunking_strategy|api.?version)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AboutParameter();

    [GeneratedRegex(@"\b(short|shorter|minimum|less than)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TooShort();

    [GeneratedRegex(@"\b(long|longer|exceeds?|maximum|more than)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TooLong();
}
