using System.Globalization;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Azure OpenAI's two error bodies: the gateway's <c>{code, message}</c> and the model's <c>{message, type, param, code}</c>.</summary>
internal static class AzureErrors
{
    public static Answer Gateway(int status, string code, string message) => WithIds(Answer.Json(status, new { error = new { code, message } }));

    public static Answer Request(string message, string? param = null, string? code = null, int status = 400) =>
        WithIds(Answer.Json(status, new { error = new { message, type = "invalid_request_error", param, code } }));

    public static Answer WrongKey() =>
        Gateway(401, "401", "Access denied due to invalid subscription key or wrong API endpoint. Give a valid key of an active resource.");

    public static Answer NoDeployment() => Gateway(404, "DeploymentNotFound", "The API deployment for this resource does not exist.");

    public static Answer NotSupported(string operation, string model) =>
        Gateway(400, "OperationNotSupported", $"The {operation} operation does not work with the specified model, {model}.");

    /// <summary>Azure says this when <c>api-version</c> is missing too.</summary>
    public static Answer NoResource() => Gateway(404, "404", "Resource not found");

    public static Answer ContentFilter() => WithIds(Answer.Json(400, new
    {
        error = new
        {
            message = "The prompt was stopped by the content management policy.",
            type = (string?)null,
            param = "prompt",
            code = "content_filter",
            status = 400,
            innererror = new { code = "ResponsibleAIPolicyViolation", contentFilterResult = ContentFilters.Blocked },
        },
    }));

    public static Answer TooLong() => Request(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.",
        "messages", "context_length_exceeded");

    public static Answer BadPicture() => Gateway(400, "BadRequest", "Invalid image data.");

    public static Answer Unsupported(string parameter, string message, string code = "unsupported_value") => Request(message, parameter, code);

    public static Answer Retired(string deployment) =>
        Gateway(410, "ModelRetired", $"The model of the deployment {deployment} has been retired. Deploy another model.");

    public static Answer Status(string operation, int status) => status switch
    {
        404 => NoDeployment(),
        410 => Retired(operation),
        429 => Gateway(429, "429", $"Requests to the {operation} operation have exceeded the token rate limit of the current pricing tier."),
        500 => Gateway(500, "InternalServerError", "The server had an error while processing the request."),
        503 => Gateway(503, "ServiceUnavailable", "The service is temporarily unable to process the request."),
        _ => Gateway(status, status.ToString(CultureInfo.InvariantCulture), "The request failed."),
    };

    /// <summary>The ids that Azure's gateway puts on every answer, and by which support finds a call.</summary>
    public static Answer WithIds(Answer answer)
    {
        var id = Guid.NewGuid().ToString();
        answer.Headers["apim-request-id"] = id;
        answer.Headers["x-ms-region"] = "local";
        return answer;
    }

    public static Answer? RefuseKey(HttpContext context, AzureOpenAISimulatorOptions options)
    {
        var headers = context.Request.Headers;
        if (headers.TryGetValue("api-key", out var key)) return key == options.ApiKey ? null : WrongKey();
        // Any token is taken, as a managed identity's would be.
        return headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal) ? null : WrongKey();
    }
}
