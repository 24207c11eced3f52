namespace FamilyPa.Tests.Infrastructure;

/// <summary>Settings under which what takes minutes in Azure takes seconds.</summary>
internal static class ShortDelays
{
    public static void Fast(IDictionary<string, string?> settings)
    {
        // So that a test can tell when a timer it ran has ended.
        settings["AzureFunctionsJobHost__logging__logLevel__Function.Reconciler"] = "Information";
        settings["AzureFunctionsJobHost__logging__logLevel__Function.Retention"] = "Information";
        settings["AzureFunctionsJobHost__logging__logLevel__Function.Reminders"] = "Information";
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00.500";
        settings["Pipeline__AiRetries"] = "0";
        settings["Pipeline__AiTimeout"] = "00:00:04";
        settings["Pipeline__TwilioTimeout"] = "00:00:04";
        settings["Pipeline__DatabasePause"] = "00:00:01";
        settings["Pipeline__Lease"] = "00:00:08";
        settings["Pipeline__SweepAfter"] = "00:00:02";
    }
}
