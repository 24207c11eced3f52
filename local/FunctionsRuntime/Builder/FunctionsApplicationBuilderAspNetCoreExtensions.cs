using FunctionsRuntime.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>The ASP.NET Core side of HTTP functions.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>
    /// Lets HTTP functions use <c>HttpRequest</c> and return ASP.NET Core results. Its place among the middleware counts:
    /// those added later run before the result is written and may still replace it.
    /// </summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        if (builder.HasAspNetCore)
            return builder;

        builder.HasAspNetCore = true;
        builder.Services.AddMvcCore();
        builder.Use(HttpResults.Write);
        return builder;
    }
}
