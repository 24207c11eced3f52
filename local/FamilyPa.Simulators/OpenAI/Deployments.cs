using System.Text.RegularExpressions;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Errors that the service returns before the model reads the request.</summary>
internal static partial class Deployments
{
    public static Answer? Refuse(Call call, AzureOpenAISimulatorOptions options)
    {
        if (!ApiVersion().IsMatch(call.Http.Request.Query["api-version"].ToString())) return AzureErrors.NoResource();
        var deployment = call.Route("deployment");
        return options.RetiredDeployments.Contains(deployment) ? AzureErrors.Retired(deployment) : null;
    }

    [GeneratedRegex(@"^20\d\d-\d\d-\d\d(-preview)?$")]
    private static partial Regex ApiVersion();
}
