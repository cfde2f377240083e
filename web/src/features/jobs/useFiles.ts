import { useQuery } from '@pinia/colada'

import { listFiles, type Job, type JobFile } from '@/shared/jobs/api'
import { saveFile } from '@/shared/jobs/save'
import { apiMessage } from '@/shared/messages'
import { toast } from '@/shared/ui/toast'

/** The files of a job, read once for all parts of its page. */
export function useFiles(job: () => Job | undefined) {
  const id = () => job()?.id ?? ''
  const reading = useQuery({
    key: () => ['job', id(), 'files', job()?.state ?? ''],
    query: ({ signal }) => listFiles(id(), signal),
    enabled: () => job() !== undefined,
    staleTime: 10_000,
  })
  async function download(file: JobFile): Promise<void> {
    try {
      await saveFile(id(), file)
    } catch (error) {
      toast(apiMessage(error), { tone: 'error' })
    }
  }
  return { files: reading.data, error: reading.error, refetch: reading.refetch, download }
}
