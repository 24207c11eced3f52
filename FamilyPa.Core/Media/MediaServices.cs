using System.Net;
using Azure.Storage.Blobs;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace FamilyPa.Core.Media;

public static class MediaServices
{
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(TwilioMedia), client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                // Each redirect is judged before it is followed, and nothing is sent along, unpacked, or read once it is refused.
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
                handler.UseProxy = false;
                handler.AutomaticDecompression = DecompressionMethods.None;
                handler.MaxResponseDrainSize = 0;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            })
            .AddResilienceHandler("retries", (builder, context) =>
            {
                var settings = context.ServiceProvider.GetRequiredService<IOptions<PipelineSettings>>().Value;
                if (settings.MediaRetries > 0)
                {
                    var retry = OutboundRetryPolicy.Retries(settings.MediaRetries, HttpClientResiliencePredicates.IsTransient);
                    retry.DisableFor(HttpMethod.Delete);
                    builder.AddRetry(retry);
                }

                builder.AddTimeout(settings.TwilioTimeout);
            });
        return services
            .AddSingleton(provider => CreateBlobClient(provider.GetRequiredService<IConfiguration>()))
            .AddSingleton<MediaStore>()
            .AddSingleton<TwilioMediaOrigins>()
            .AddSingleton(provider => new TwilioMedia(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(TwilioMedia)),
                provider.GetRequiredService<TwilioMediaOrigins>(),
                provider.GetRequiredService<IOptions<AppSettings>>()))
            .AddSingleton<PictureScaler>()
            .AddSingleton<FamilyPictures>()
            .AddSingleton<MediaDownloader>();
    }

    private static BlobServiceClient CreateBlobClient(IConfiguration configuration)
    {
        var options = new BlobClientOptions();
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(15);
        options.Retry.MaxRetries = 2;
        options.Diagnostics.IsLoggingEnabled = false;
        return StorageConnection.Open(
            configuration, "blob", connection => new BlobServiceClient(connection, options), (address, credential) => new BlobServiceClient(address, credential, options));
    }
}
