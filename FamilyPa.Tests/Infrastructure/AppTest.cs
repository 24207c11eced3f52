namespace FamilyPa.Tests.Infrastructure;

/// <summary>Base of the tests that run the app: when one fails, the end of the app's log is shown with it.</summary>
/// <remarks>
/// Most take an app that classes share one after the other, by <c>[Collection&lt;SharedApp&lt;TApp&gt;&gt;]</c>; what changes settings has
/// one of its own, by <see cref="IClassFixture{TApp}"/>.
/// </remarks>
public abstract class AppTest<TApp>(TApp app) : IAsyncLifetime
    where TApp : FamilyPaApp
{
    protected TApp App => app;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"--- the app's log ---{Environment.NewLine}{app.Log}");
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>One app for all the classes that name it, which run one after the other: to start one costs more than most of their tests.</summary>
public sealed class SharedApp<TApp> : ICollectionFixture<TApp>
    where TApp : FamilyPaApp;
