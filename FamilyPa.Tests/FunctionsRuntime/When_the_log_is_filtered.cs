using System.Text;
using FunctionsRuntime.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_the_log_is_filtered
{
    [Theory]
    [InlineData("Anything", LogLevel.Warning)]
    [InlineData("Function.Extract", LogLevel.Information)]
    [InlineData("FamilyPa.Core", LogLevel.Debug)]
    [InlineData("FamilyPa.Core.Queues", LogLevel.Error)]
    [InlineData("Host.Startup", LogLevel.Information)]
    public void Host_json_and_the_logging_settings_say_from_where(string category, LogLevel least)
    {
        const string hostJson = """
            { "logging": { "logLevel": { "default": "Warning", "Function": "Information", "FamilyPa": "Information" } } }
            """;
        using var host = LocalFunctions.Build(
            [],
            builder => builder.Configuration.AddInMemoryCollection(
            [
                new("AzureFunctionsJobHost:logging:logLevel:FamilyPa.Core", "Debug"),
                new("Logging:LogLevel:FamilyPa.Core.Queues", "Error"),
            ]),
            hostJson);

        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.True(logger.IsEnabled(least));
        Assert.False(logger.IsEnabled(least - 1));
    }

    [Fact]
    public void Each_message_is_one_line_and_none_is_lost()
    {
        using var output = new MemoryStream();
        using (var lines = new ConsoleLines(output))
        {
            var logger = lines.CreateLogger("Function.Extract");
            for (var i = 0; i < 1000; i++)
                logger.Log(LogLevel.Information, default, i, null, (number, _) => $"number {number}\nof many");

            logger.Log(LogLevel.Error, default, "failed", new InvalidOperationException("boom"), (text, _) => text);
        }

        var written = Encoding.UTF8.GetString(output.ToArray()).Split('\n');
        Assert.Equal(1003, written.Length);
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} info Function\.Extract: number 999 of many$", written[999]);
        Assert.EndsWith("fail Function.Extract: failed", written[1000], StringComparison.Ordinal);
        Assert.Equal("System.InvalidOperationException: boom", written[1001]);
    }
}
