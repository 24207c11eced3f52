using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Twilio;

/// <summary>Twilio's error body: code, message, more_info, status. Codes: https://www.twilio.com/docs/api/errors.</summary>
internal static class TwilioErrors
{
    public static Answer Of(int status, int code, string message) =>
        Answer.Json(status, new { code, message, moreInfo = $"https://www.twilio.com/docs/errors/{code}", status });

    public static Answer Unauthorized() => Of(401, 20003, "Authenticate");

    public static Answer NotFound(string path) => Of(404, 20404, $"The requested resource {path} was not found");

    public static Answer Status(int status) => status switch
    {
        429 => Of(429, 20429, "Too Many Requests"),
        503 => Of(503, 20503, "Service is unavailable"),
        _ => Of(status, 20500, "An internal server error has occurred"),
    };
}
