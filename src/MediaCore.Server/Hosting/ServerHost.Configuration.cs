using MediaCore.Control.Services;
using MediaCore.Server.Configuration;
using MediaCore.Server.Configuration.Changes;
using MediaCore.Server.Logging;

namespace MediaCore.Server.Hosting;

/// <summary>The configuration piece by piece: a change is checked by the one reader, kept, and put in force the way a reload is.</summary>
internal sealed partial class ServerHost
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConfigurationResource>?> ListAsync(string section, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(section);
        if (section.Length > 0 && !ConfigurationSections.IsKnown(section))
        {
            return null;
        }

        await _reloading.WaitAsync(cancellation);
        try
        {
            return _settings.Source is { } source ? [.. ConfigurationResources.List(source, section)] : [];
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<ConfigurationOutcome> ChangeAsync(ConfigurationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        await _reloading.WaitAsync(cancellation);
        try
        {
            return _settings.Source is { } source
                ? await ChangeAsync(source, request)
                : ConfigurationOutcome.Refuse(ConfigurationStatus.Unavailable, "This server was started without a configuration that could be changed.");
        }
        finally
        {
            _reloading.Release();
        }
    }

    private async Task<ConfigurationOutcome> ChangeAsync(ConfigurationSource source, ConfigurationRequest request)
    {
        if (ConfigurationEditor.Edit(source, request, TimeProvider.System.GetUtcNow(), out ConfigurationOutcome? refusal) is not { } changed)
        {
            return refusal!;
        }

        ConfigurationErrors errors = new();
        ServerSettings wanted = ServerSettingsReader.Read(changed, errors);
        ConfigurationObject tree = changed.Merge(new ConfigurationErrors());
        if (errors.Any)
        {
            return new ConfigurationOutcome(ConfigurationStatus.Invalid, [.. errors.Items.Select(error => new ConfigurationProblem(ConfigurationResources.NamePath(tree, error.Path), error.Message))]);
        }

        // Of what waits for a restart only what this change is about; what is new of the remarks.
        string[] notices =
        [
            .. SettingsDifference.Find(_settings, wanted).Where(key => key == request.Section || key.StartsWith(request.Section + '.', StringComparison.Ordinal)).Select(DescribeWaiting),
            .. wanted.Notices.Except(_settings.Notices, StringComparer.Ordinal),
        ];
        if (!request.IsDryRun)
        {
            try
            {
                ConfigurationChangesFile.Write(changed.ChangesFile, changed.Changes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return ConfigurationOutcome.Refuse(ConfigurationStatus.Unavailable, $"Nothing was changed, since it could not be kept: {e.Message}");
            }

            try
            {
                await ApplyAsync(wanted);
            }
            catch
            {
                PutBack(source);
                throw;
            }
        }

        ResourceName name = new(request.Section, request.Name);
        return new ConfigurationOutcome(ConfigurationStatus.Done, [])
        {
            Resource = ConfigurationResources.FindNode(tree, name) is { } value ? ConfigurationResources.ToResource(changed, name, value) : null,
            Notices = notices,
        };
    }

    /// <summary>What is not in force must not come into force at the next start. Should that fail as well, the log says so, and the first failure is the one that is told.</summary>
    private void PutBack(ConfigurationSource source)
    {
        try
        {
            ConfigurationChangesFile.Write(source.ChangesFile, source.Changes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ServerLog.ChangeNotPutBack(_logger, source.ChangesFile, e);
        }
    }
}
