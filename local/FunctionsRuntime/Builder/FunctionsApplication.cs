namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>The way in: <c>FunctionsApplication.CreateBuilder(args)</c>.</summary>
public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
